import TestSupport
import Testing

@testable import Tensors

/// The ways back through the operations on rows, against finite differences.
@Suite struct OpGradientsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let operands: [Tensor]
    let op: @Sendable ([Tensor]) -> Tensor

    /// - Parameter shapes: of the operands, which are random
    init(
      _ description: String, _ shapes: [Int]..., op: @escaping @Sendable ([Tensor]) -> Tensor
    ) {
      self.init(description, shapes: shapes, op: op)
    }

    init(_ description: String, shapes: [[Int]], op: @escaping @Sendable ([Tensor]) -> Tensor) {
      var samples = Samples(seed: 3)
      self.init(
        description, operands: shapes.map { Tensor($0, samples.floats($0.reduce(1, *))) }, op: op)
    }

    init(_ description: String, operands: [Tensor], op: @escaping @Sendable ([Tensor]) -> Tensor) {
      (testDescription, self.operands, self.op) = (description, operands, op)
    }
  }

  private static let arithmetic = [
    Case("adding", [3, 5], [3, 5]) { $0[0].adding($0[1]) },
    Case("adding itself", [3, 5]) { $0[0].adding($0[0]) },
    Case("adding another shape", [3, 5], [5, 3]) { $0[0].adding($0[1]) },
    Case("adding to each row", [4, 7], [7]) { $0[0].adding(toEachRow: $0[1]) },
    Case("adding a number", [2, 3]) { $0[0].adding(1.5) },
    Case("scaled", [2, 3]) { $0[0].scaled(by: -0.75) },
    Case("multiplied", [3, 5], [3, 5]) { $0[0].multiplied(by: $0[1]) },
    Case("squared", [3, 5]) { $0[0].multiplied(by: $0[0]) },
    // None so near to 0 that a step crosses it.
    Case("leaky", operands: [Tensor([2, 3], [-2, -0.5, 0.5, 1, -1, 3]), Tensor([1], [0.25])]) {
      $0[0].leaky(slope: $0[1])
    },
    Case("low rank", [6, 5], [6, 2], [2, 5]) { $0[0].adding($0[1], times: $0[2], scale: 1.5) },
    Case("transposed", [3, 5]) { $0[0].transposed() },
    Case("transposed each", [2, 3, 5]) { $0[0].transposed(eachOf: 2) },
    Case("weighted mean", operands: weighted) { Tensor.weightedMean(of: Array($0[1...]), $0[0]) },
    Case("scaled rows", [3, 4]) { $0[0].scaledRows(by: [2, 0, -0.5]) },
    Case("mapped", [3, 4]) { $0[0].mapped({ $0 * $0 * $0 }, slope: { 3 * $0 * $0 }) },
    // Backwards, and twice as large.
    Case("mapped rows", [3, 4]) {
      $0[0].mappedRows { x, y in
        for index in y.indices { y[index] = 2 * x[x.count - 1 - index] }
      } slope: { _, dy in
        let reversed = Array(dy.reversed())
        for index in dy.indices { dy[index] = 2 * reversed[index] }
      }
    },
    Case("normalized rows", [4, 6]) { $0[0].normalizedRows() },
    // An epsilon that is large keeps short heads from curving more than the differences can follow.
    Case("head norm", [5, 14], [4], [2]) {
      $0[0].headNorm([(0..<8, $0[1]), (8..<12, $0[2])], epsilon: 0.1)
    },
    Case("head norm with one scale", [3, 8], [4]) {
      $0[0].headNorm([(0..<4, $0[1]), (4..<8, $0[1])], epsilon: 0.1)
    },
  ]

  private static let weighted: [Tensor] = {
    var samples = Samples(seed: 8)
    return [Tensor([3], [0.5, 2, 1])] + (0..<3).map { _ in samples.tensor(4, 5) }
  }()

  private static let parts = [
    Case("concatenate", [3, 2], [3, 5], [3, 1]) { Tensor.concatenate($0) },
    Case("concatenate with itself", [3, 2]) { Tensor.concatenate([$0[0], $0[0]]) },
    Case("first columns", [3, 5]) { $0[0].firstColumns(2) },
    Case("stacked", [2, 3], [1, 3], [4, 3]) { Tensor.stacked($0) },
    Case("joined", [2], [5], [1]) { Tensor.joined($0) },
    Case("rows of a range", [5, 3]) { $0[0].rows(1..<3) },
    Case("rows of a vector", [5]) { $0[0].reshaped([5, 1]).rows(2..<5) },
    Case("rows by numbers", [4, 3]) { $0[0].rows([2, 0, 2]) },
    Case("gather", [4, 3], [2, 3]) {
      Tensor.gather([($0[0], [3, 1, 3, 0]), ($0[1], [0, 0, 1, 0])])
    },
    Case("gather twice of one table", [4, 3]) {
      Tensor.gather([($0[0], [3, 1]), ($0[0], [1, 1])])
    },
    Case("bags", [4, 3]) { Tensor.embeddingBag(of: $0[0], [[1, 3, 1], [], [0]]) },
    Case("bags with shared and weighted rows", [3, 4], [5]) {
      Tensor.embeddingBag(
        of: $0[0], [[4, 0, 0, 2], [], [3]], rows: [2, 0, 0, 1, 2], weights: $0[1])
    },
  ]

  /// Sequences of unequal lengths, one of them empty, without padding and with.
  private static let layouts = [1, 4].map { SequenceLayout(lengths: [3, 0, 5, 1], period: $0) }

  private static let pools = layouts.flatMap { layout in
    let name = "\(layout.rows) rows"
    let shape = [layout.rows, 3]
    return [
      Case("mean, \(name)", shape) { $0[0].mean(over: layout) },
      Case("sum over root, \(name)", shape) { $0[0].mean(over: layout, root: true) },
      Case("mean by totals, \(name)", shape) { $0[0].mean(over: layout, totals: [2, 1, 0.5, 3]) },
      Case("weighted, \(name)", shape) { $0[0].weightedMean(over: layout, offset: 2) },
      Case("weighted by totals, \(name)", shape) {
        $0[0].weightedMean(over: layout, totals: [2, 1, 0.5, 3])
      },
      // Numbers that no step brings into another order.
      Case(
        "largest, \(name)",
        operands: [Tensor(shape, (0..<layout.rows * 3).map { Float(($0 * 7) % 23) / 4 })]
      ) { $0[0].maximum(over: layout) },
      Case("first, \(name)", shape) { $0[0].rows(at: layout.first, as: layout.pooled) },
      Case("last, \(name)", shape) { $0[0].rows(at: layout.last) },
      Case("without the first two, \(name)", shape) { $0[0].rows(at: layout.dropping(first: 2)) },
      Case("vectors, \(name)", [layout.pooled.rows, 3]) { $0[0].vectors(at: layout.pooled) },
      Case("vectors in their rows, \(name)", [4, 3]) { $0[0].vectors(as: layout.pooled) },
    ]
  }

  private static let convolutions = layouts.flatMap { layout in
    [(width: 3, padding: 1, stride: 1), (4, 1, 1), (3, 1, 2), (9, 4, 3)].map { kernel in
      let output = SequenceLayout(
        lengths: [3, 0, 5, 1].map {
          max(0, ($0 + 2 * kernel.padding - kernel.width + kernel.stride) / kernel.stride)
        })
      return Case("windows \(kernel), \(layout.rows) rows", [layout.rows, 2]) {
        $0[0].unfolded(
          of: layout, width: kernel.width, padding: kernel.padding, stride: kernel.stride,
          into: output)
      }
    }
  }

  private static let recurrences = layouts.flatMap { layout in
    [false, true].map { backwards in
      Case(
        "LSTM \(backwards ? "backwards" : "forwards"), \(layout.rows) rows", [layout.rows, 12],
        [12, 3], [12]
      ) {
        $0[0].recurred(Weight(rows: $0[1]), bias: $0[2], over: layout, backwards: backwards)
      }
    }
  }

  private static let gated = layouts.flatMap { layout in
    [
      Case("gated convolution, \(layout.rows) rows", [layout.rows, 6], [2, 3]) {
        $0[0].gatedConvolution($0[1], bias: nil, over: layout)
      },
      Case("gated convolution with bias, \(layout.rows) rows", [layout.rows, 6], [2, 2], [2]) {
        $0[0].gatedConvolution($0[1], bias: $0[2], over: layout)
      },
    ]
  }

  static let cases = arithmetic + parts + pools + convolutions + recurrences + gated

  @Test(arguments: cases) func itIsThatOfFiniteDifferences(_ test: Case) {
    expectGradient(of: test.op, at: test.operands)
  }

  @Test(arguments: cases) func theWayForwardHasTheSameBits(_ test: Case) {
    let plain = test.op(test.operands)
    let tracked = test.op(test.operands.map { $0.tracked() })
    #expect(!plain.isTracked && tracked.isTracked)
    #expect(plain.shape == tracked.shape && plain.elements == tracked.elements)
  }

  @Test func onlyTheFirstOfEqualNumbersIsTheLargest() {
    let layout = SequenceLayout(unpadded: [3, 2])
    let x = Tensor([5, 2], [1, 2, 5, .nan, 5, .nan, 0, 4, 0, 4]).tracked()
    let gradients = Gradients(of: x.maximum(over: layout), seed: Tensor([2, 2], [1, 2, 3, 4]))
    #expect(gradients[x]?.dense([5, 2]).elements == [0, 0, 1, 2, 0, 0, 3, 4, 0, 0])
  }

  @Test func vectorsWithoutALengthAreDividedByTheSmallestOne() throws {
    let x = Tensor([2, 2], [0, 0, 3e-13, 0]).tracked()
    let gradients = Gradients(of: x.normalizedRows(), seed: Tensor([2, 2], [1, -2, 3, 4]))
    let dx = try #require(gradients[x]).dense([2, 2]).elements
    // A quotient of float32 is right to 1e-7 of it.
    expectClose(dx.map { $0 * 1e-12 }, [1, -2, 3, 4], tolerance: 1e-6)
  }

  @Test func theSlopeAtZeroOfALeakyOneIsTheNegativeSides() {
    let x = Tensor([3], [-1, 0, 1]).tracked()
    let gradients = Gradients(
      of: x.leaky(slope: Tensor([1], [0.25])), seed: Tensor([3], [1, 1, 1]))
    #expect(gradients[x]?.dense([3]).elements == [0.25, 0.25, 1])
  }

  @Test func aTablesDerivativesAreOfTheRowsThatOccurred() {
    let table = Tensor([6, 1], [Float](repeating: 1, count: 6)).tracked()
    let rows = Tensor.gather([(table, [4, 1, 4])])
    guard
      case .rows(let found)? = Gradients(of: rows, seed: Tensor([3, 1], [1, 2, 3]))[table]
    else {
      Issue.record("not of a table")
      return
    }
    #expect(found.tableRows == 6 && found.ids == [1, 4] && found.rows.elements == [2, 4])
  }
}
