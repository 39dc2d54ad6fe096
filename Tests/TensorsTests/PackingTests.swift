import Testing

@testable import Tensors

@Suite struct PackingTests {
  @Test func sequencesLieEndToEnd() {
    let packing = Packing(lengths: [3, 0, 2], period: 1)
    #expect((0..<3).map { packing[$0] } == [0..<3, 3..<3, 3..<5])
    #expect(packing.rows == 5 && packing.gaps.isEmpty && packing.longest == 3)
  }

  @Test func withAPeriodEachStartsAtAMultipleOfIt() {
    let packing = Packing(lengths: [3, 12, 1], period: 12)
    #expect((0..<3).map { packing[$0] } == [0..<3, 12..<24, 24..<25])
    #expect(packing.rows == 36 && packing.gaps == [3..<12, 25..<36])
    #expect(packing.perRow { sequence, place in Int32(sequence * 100 + place) }[24] == 200)
  }

  @Test func theFirstRowsOfEachCanBeLeftOut() {
    let packing = Packing(lengths: [3, 1], period: 1).dropping(first: 2)
    #expect(packing[0] == 2..<3 && packing[1].isEmpty && packing.rows == 4)
  }
}
