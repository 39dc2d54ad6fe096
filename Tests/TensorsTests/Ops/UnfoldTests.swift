import TestSupport
import Testing

@testable import Tensors

/// Windows, the mean of rows and weighted rows against naive twins.
@Suite struct UnfoldTests {
  @Test(
    arguments: [(1, 0, 1), (3, 1, 1), (5, 2, 1), (2, 0, 1), (4, 1, 1), (3, 1, 2), (9, 4, 3)])
  func aWindowHoldsTheRowsAroundItsPlace(width: Int, padding: Int, stride: Int) {
    let lengths = [4, 0, 1, 6]
    let layout = SequenceLayout(lengths: lengths)
    let output = SequenceLayout(
      lengths: lengths.map { max(0, ($0 + 2 * padding - width + stride) / stride) })
    var samples = Samples(seed: 5)
    let x = samples.tensor(layout.rows, 2)
    let found = x.unfolded(
      of: layout, width: width, padding: padding, stride: stride, into: output
    ).elements
    for sequence in lengths.indices {
      for (place, row) in output[sequence].enumerated() {
        let expected = (0..<width).flatMap { offset -> [Float] in
          let source = place * stride - padding + offset
          guard (0..<lengths[sequence]).contains(source) else { return [0, 0] }
          let start = (layout[sequence].lowerBound + source) * 2
          return Array(x.elements[start..<start + 2])
        }
        #expect(Array(found[row * width * 2..<(row + 1) * width * 2]) == expected)
      }
    }
  }

  @Test func theMeanOfRowsOfATable() {
    let table = Tensor([3, 2], [1, 2, 3, 4, 5, 6])
    let means = Tensor.embeddingBag(of: table, [[2, 0], [], [1]])
    #expect(means.vectors(at: SequenceLayout(vectors: 3)).elements == [3, 4, 0, 0, 3, 4])
    let weighted = Tensor.embeddingBag(
      of: table, [[0, 3], [3]], rows: [2, 0, 0, 1], weights: Tensor([4], [2, 1, 1, 10]))
    #expect(weighted.vectors(at: SequenceLayout(vectors: 2)).elements == [20, 26, 30, 40])
  }

  @Test func rowsTimesFactorsAndTheirWeightedMean() {
    let (a, b) = (Tensor([2, 2], [1, 2, 3, 4]), Tensor([2, 2], [5, 6, 7, 8]))
    #expect(a.scaledRows(by: [2, -1]).elements == [2, 4, -3, -4])
    #expect(Tensor.weightedMean(of: [a, b], Tensor([2], [1, 3])).elements == [4, 5, 6, 7])
  }

  @Test func weightsOfIdsAreZeroInGaps() {
    let layout = SequenceLayout(lengths: [2, 1], period: 4)
    let ids = layout.perRow { sequence, place in Int32(sequence + place) }
    #expect(layout.weights(ids, [7, 8, 9]) == [7, 8, 0, 0, 8, 0, 0, 0])
  }

  @Test func aSumMayBeDividedByOtherTotals() {
    let rows = Tensor([3, 2], [1, -2, 3, -4, 5, 6])
    let layout = SequenceLayout(lengths: [2, 1], period: 1)
    func vectors(_ pooled: Tensor) -> [Float] { pooled.vectors(at: layout.pooled).elements }
    #expect(vectors(rows.mean(over: layout, totals: [4, 0.5])) == [1, -1.5, 10, 12])
    #expect(vectors(rows.mean(over: layout, root: true, totals: [4, 0.25])) == [2, -3, 10, 12])
    #expect(vectors(rows.weightedMean(over: layout, totals: [7, 1])) == [1, -10 / 7, 5, 6])
  }
}
