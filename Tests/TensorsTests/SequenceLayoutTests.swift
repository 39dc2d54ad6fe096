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

  @Test(arguments: [1, 4]) func oneRowOfEachIsNamedWhereItLies(period: Int) {
    let layout = SequenceLayout(lengths: [3, 0, 2], period: period)
    for s in [0, 2] {
      #expect(layout.first[s] == layout[s].lowerBound..<layout[s].lowerBound + 1)
      #expect(layout.last[s] == layout[s].upperBound - 1..<layout[s].upperBound)
    }
    #expect(layout.first[1].isEmpty && layout.last[1].isEmpty)
    #expect(layout.last.rows == layout.rows)
    #expect(layout.last.positions(2, in: layout) == 1..<2)
    #expect((0..<3).map { layout.last.alone[$0].count } == [1, 0, 1])
    #expect((0..<3).map { layout.last.pooled[$0].count } == [1, 1, 1])
  }

  @Test func rowsGoWhereTheTargetHasThem() {
    let layout = SequenceLayout(lengths: [3, 0, 2], period: 1)
    let sparse = SequenceLayout(lengths: [1, 1, 1], period: 2)
    let rows = Tensor([5, 1], [1, 2, 3, 4, 5])
    #expect(rows.rows(at: layout.last, as: sparse).elements == [3, 0, 0, 0, 5, 0])
    #expect(rows.rows(at: layout.dropping(first: 1), as: layout).elements == [2, 3, 0, 5, 0])
    let vectors = Tensor([3, 2], [1, 2, 3, 4, 5, 6])
    #expect(vectors.vectors(as: sparse).elements == [1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0])
    #expect(vectors.vectors(as: sparse).vectors(at: sparse).elements == vectors.elements)
  }
}
