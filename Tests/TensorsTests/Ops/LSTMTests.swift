import Glibc
import TestSupport
import Testing

@testable import Tensors

/// The recurrence against a naive twin, a sequence at a time.
@Suite struct LSTMTests {
  private static let size = 5

  /// PyTorch's formulas in double precision, over the rows of one sequence in reading order.
  private func naive(
    _ inputs: [Float], rows: [Int], _ recurrent: [Float], _ bias: [Float]
  ) -> [[Float]] {
    let size = Self.size
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var (hidden, cells) = ([Double](repeating: 0, count: size), [Double](repeating: 0, count: size))
    return rows.map { row in
      let gates = (0..<4 * size).map { gate in
        (0..<size).reduce(Double(inputs[row * 4 * size + gate] + bias[gate])) {
          $0 + Double(recurrent[gate * size + $1]) * hidden[$1]
        }
      }
      for unit in 0..<size {
        cells[unit] =
          sigmoid(gates[size + unit]) * cells[unit] + sigmoid(gates[unit])
          * tanh(gates[2 * size + unit])
        hidden[unit] = sigmoid(gates[3 * size + unit]) * tanh(cells[unit])
      }
      return hidden.map { Float($0) }
    }
  }

  @Test(arguments: [false, true]) func eachSequenceRunsOnItsOwn(backwards: Bool) {
    let size = Self.size
    let layout = SequenceLayout(lengths: [3, 0, 7, 1, 3])
    var samples = Samples(seed: 4)
    let inputs = samples.tensor(layout.rows, 4 * size)
    let (recurrent, bias) = (samples.tensor(4 * size, size), samples.tensor(4 * size))
    let found = inputs.recurred(
      Weight(rows: recurrent), bias: bias, over: layout, backwards: backwards
    ).elements
    for sequence in 0..<layout.count {
      let rows = backwards ? layout[sequence].reversed() : Array(layout[sequence])
      let expected = naive(inputs.elements, rows: rows, recurrent.elements, bias.elements)
      for (row, numbers) in zip(rows, expected) {
        expectClose(Array(found[row * size..<(row + 1) * size]), numbers, tolerance: 1e-6)
      }
    }
    for gap in layout.padding {
      #expect(found[gap.lowerBound * size..<gap.upperBound * size].allSatisfy { $0 == 0 })
    }
  }
}
