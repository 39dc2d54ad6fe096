import Testing

@testable import Tensors

@Suite struct SequenceLayoutTests {
  @Test func sequencesLieEndToEnd() {
    let layout = SequenceLayout(lengths: [3, 0, 2], period: 1)
    #expect((0..<3).map { layout[$0] } == [0..<3, 3..<3, 3..<5])
    #expect(layout.rows == 5 && layout.padding.isEmpty && layout.longest == 3)
  }

  @Test func withAPeriodEachStartsAtAMultipleOfIt() {
    let layout = SequenceLayout(lengths: [3, 12, 1], period: 12)
    #expect((0..<3).map { layout[$0] } == [0..<3, 12..<24, 24..<25])
    #expect(layout.rows == 36 && layout.padding == [3..<12, 25..<36])
    #expect(layout.perRow { sequence, place in Int32(sequence * 100 + place) }[24] == 200)
  }

  @Test func theFirstRowsOfEachCanBeLeftOut() {
    let layout = SequenceLayout(lengths: [3, 1], period: 1).dropping(first: 2)
    #expect(layout[0] == 2..<3 && layout[1].isEmpty && layout.rows == 4)
  }
}
