import Glibc
import TestSupport
import Testing

@testable import Tensors

/// The operations on rows that are loops, not products.
@Suite struct RowOpsTests {
  @Test func layerNormTakesTheResidualIn() {
    var samples = Samples()
    let (x, residual) = (samples.tensor(5, 32), samples.tensor(5, 32))
    let (scale, shift) = (samples.tensor(32), samples.tensor(32))
    let sum = Tensor([5, 32], zip(x.elements, residual.elements).map(+))
    let expected = (0..<5).flatMap { row in
      let numbers = sum.elements[row * 32..<(row + 1) * 32].map(Double.init)
      let mean = numbers.reduce(0, +) / 32
      let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 32
      return numbers.indices.map { column in
        Float((numbers[column] - mean) / sqrt(variance + 1e-12)) * scale.elements[column]
          + shift.elements[column]
      }
    }
    expectClose(
      x.layerNorm(scale, shift, epsilon: 1e-12, adding: residual).elements, expected,
      tolerance: 2e-6)
    expectClose(
      sum.layerNorm(scale, shift, epsilon: 1e-12).elements, expected, tolerance: 2e-6)
  }

  @Test func gatherAddsOneRowOfEachTable() {
    let words = Tensor([3, 2], [1, 2, 3, 4, 5, 6])
    let places = Tensor([2, 2], [10, 20, 30, 40])
    let sum = Tensor.gather([(words, [2, 0]), (places, [0, 1])])
    #expect(sum.elements == [15, 26, 31, 42])
  }

  // Three sequences, of 2, 0 and 1 rows.
  private static let rows = Tensor([3, 2], [1, -2, 3, -4, 5, 6])
  private static let layout = SequenceLayout(lengths: [2, 0, 1], period: 1)

  struct Pool: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let expected: [Float]
    let make: @Sendable (Tensor) -> Tensor
  }

  // Calculated by hand; a sequence without rows gives zeros.
  private static let pools = [
    Pool(testDescription: "mean", expected: [2, -3, 0, 0, 5, 6]) { $0.mean(over: layout) },
    Pool(testDescription: "sum over root", expected: [2.828427, -4.2426405, 0, 0, 5, 6]) {
      $0.mean(over: layout, root: true)
    },
    Pool(testDescription: "weighted", expected: [2.3333333, -3.3333333, 0, 0, 5, 6]) {
      $0.weightedMean(over: layout)
    },
    Pool(testDescription: "from the third", expected: [2.142857, -3.142857, 0, 0, 5, 6]) {
      $0.weightedMean(over: layout, offset: 2)
    },
    Pool(testDescription: "largest", expected: [3, -2, 0, 0, 5, 6]) { $0.maximum(over: layout) },
    Pool(testDescription: "first", expected: [1, -2, 0, 0, 5, 6]) {
      $0.rows(at: layout.first, as: layout.pooled)
    },
    Pool(testDescription: "last", expected: [3, -4, 0, 0, 5, 6]) {
      $0.rows(at: layout.last, as: layout.pooled)
    },
  ]

  @Test(arguments: pools) func poolingMakesOneRowOfASequence(pool: Pool) {
    expectClose(
      pool.make(Self.rows).vectors(at: Self.layout.pooled).elements, pool.expected, tolerance: 1e-6)
  }

  @Test func theLargestOfANaNIsNaN() {
    let rows = Tensor([3, 1], [1, .nan, 2])
    #expect(rows.maximum(over: SequenceLayout(lengths: [3], period: 1)).elements[0].isNaN)
  }

  @Test func normalizedRowsHaveLengthOneUnlessTheyAreZero() {
    let rows = Tensor([3, 2], [3, 4, 0, 0, 1e-20, 0]).normalizedRows().elements
    expectClose(Array(rows[0..<4]), [0.6, 0.8, 0, 0], tolerance: 1e-7)
    // Below the floor of 1e-12 a row is divided by the floor.
    expectClose([rows[4]], [0], tolerance: 1e-7)
    #expect(Tensor([1, 1], [.nan]).normalizedRows().elements[0].isNaN)
  }

  @Test func partsStandSideBySideOrOneBelowTheOther() {
    let (a, b) = (Tensor([2, 1], [1, 2]), Tensor([2, 2], [3, 4, 5, 6]))
    #expect(Tensor.concatenate([a, b]).elements == [1, 3, 4, 2, 5, 6])
    #expect(Tensor.stacked([b, b]).shape == [4, 2])
    #expect(b.firstColumns(1).elements == [3, 5])
  }

  @Test func aRowIsFiniteOrNot() {
    let rows = Tensor([3, 2], [0, 1, .nan, 0, 0, -.infinity])
    #expect((0..<3).map { rows.isFinite(row: $0) } == [true, false, false])
  }
}
