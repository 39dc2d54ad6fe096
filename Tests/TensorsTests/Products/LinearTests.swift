import TestSupport
import Testing

@testable import Tensors

@Suite struct LinearTests {
  /// x · Wᵀ + b in double precision.
  private func naive(_ x: Tensor, _ w: Tensor, _ b: Tensor?) -> [Float] {
    let (xs, ws, bs) = (x.elements, w.elements, b?.elements)
    let (inputs, outputs) = (x.columns, w.rows)
    return (0..<x.rows).flatMap { row in
      (0..<outputs).map { output in
        let sum = (0..<inputs).reduce(0.0) {
          $0 + Double(xs[row * inputs + $1]) * Double(ws[output * inputs + $1])
        }
        return Float(sum + Double(bs?[output] ?? 0))
      }
    }
  }

  @Test(arguments: [
    (0, 3, 2), (1, 1, 1), (1, 32, 96), (7, 5, 3), (16, 32, 32), (100, 64, 96), (600, 48, 33),
  ])
  func everySizeGivesTheProduct(rows: Int, inputs: Int, outputs: Int) {
    var samples = Samples()
    let x = samples.tensor(rows, inputs)
    let w = samples.tensor(outputs, inputs)
    let b = samples.tensor(outputs)
    // A sum of `inputs` products of numbers below 1 rounds `inputs` times by half an ulp of it.
    let tolerance = Float(inputs) * 1e-6
    let weight = Weight(rows: w)
    expectClose(x.linear(weight, bias: b).elements, naive(x, w, b), tolerance: tolerance)
    expectClose(x.linear(weight, bias: nil).elements, naive(x, w, nil), tolerance: tolerance)
  }

  @Test func theActivationComesAfterTheBias() {
    let x = Tensor([2, 1], [1, -3])
    let weight = Weight(rows: Tensor([1, 1], [1]))
    let y = x.linear(weight, bias: Tensor([1], [1]), then: .relu)
    #expect(y.elements == [2, 0])
  }

  /// What makes a text's vector the same bits in any batch. Rows stand where `SequenceLayout` would put
  /// them: at multiples of the period that this processor's products have.
  @Test(arguments: [
    (32, 32), (384, 384), (96, 32), (384, 1536), (33, 17), (7, 500), (1, 1), (4, 1), (31, 33),
  ])
  func aRowsBitsDoNotDependOnTheRowsBesideIt(outputs: Int, inputs: Int) {
    var samples = Samples()
    let row = samples.floats(inputs)
    let weight = Weight(rows: samples.tensor(outputs, inputs))
    let bias = samples.tensor(outputs)
    let alone = Tensor([1, inputs], row).linear(weight, bias: bias).elements
    for rows in [2, 3, 9, 10, 11, 16, 37, 64, 100, 511, 512, 513, 700] {
      for place in Set([0, rows / 2, rows - 1].map { $0 / Matmul.rowPeriod * Matmul.rowPeriod }) {
        var x = samples.floats(rows * inputs)
        x.replaceSubrange(place * inputs..<(place + 1) * inputs, with: row)
        let y = Tensor([rows, inputs], x).linear(weight, bias: bias).elements
        #expect(
          Array(y[place * outputs..<(place + 1) * outputs]) == alone, "row \(place) of \(rows)")
      }
    }
  }
}
