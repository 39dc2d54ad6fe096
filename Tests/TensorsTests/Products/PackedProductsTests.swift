import TestSupport
import Testing

@testable import Tensors

/// Products with packed weights against those in float32.
@Suite struct PackedProductsTests {
  /// A precision, and how far a sum of `inputs` products of numbers below 1 may be off: rounding to
  /// bfloat16 costs 2⁻⁸ of each operand, to two of them 2⁻¹⁶, to 8 bits 2⁻⁷ of the row's range.
  static let precisions: [(Precision, Float)] = [
    (.bf16x3, 0x1p-15), (.bf16, 0x1p-7), (.int8, 0x1p-5),
  ]

  /// The largest difference, over the size that a sum of so many products has.
  private func distance(_ a: Tensor, _ b: Tensor, inputs: Int) -> Float {
    let size = Float(inputs).squareRoot()
    return zip(a.elements, b.elements).map { ($0 - $1).magnitude / size }.max() ?? .nan
  }

  @Test(arguments: precisions, [(1, 5, 3), (33, 32, 32), (300, 96, 70), (70, 31, 129)])
  func linearIsNearFloat32(
    _ precision: (Precision, Float), _ shape: (rows: Int, inputs: Int, outputs: Int)
  ) {
    var samples = Samples()
    let x = samples.tensor(shape.rows, shape.inputs)
    let rows = samples.tensor(shape.outputs, shape.inputs)
    let bias = samples.tensor(1, shape.outputs).reshaped([shape.outputs])
    let (factor, residual) = (
      samples.tensor(shape.rows, shape.outputs), samples.tensor(shape.rows, shape.outputs)
    )
    for activation in [Activation.none, .gelu, .relu] {
      for (factor, residual) in [(nil, nil), (factor, residual)] as [(Tensor?, Tensor?)] {
        func y(_ precision: Precision) -> Tensor {
          x.linear(
            Linear(weight: Weight(rows: rows, precision), bias: bias), then: activation,
            times: factor, adding: residual)
        }
        let apart = distance(y(precision.0), y(.f32), inputs: shape.inputs)
        #expect(apart <= precision.1, "\(activation), \(apart)")
      }
    }
  }

  @Test(arguments: precisions, [false, true])
  func feedForwardIsNearFloat32(_ precision: (Precision, Float), isGated: Bool) {
    var samples = Samples()
    let (rows, hidden, inner) = (270, 48, 100)
    let x = samples.tensor(rows, hidden)
    let matrices = [
      samples.tensor(inner, hidden), samples.tensor(inner, hidden), samples.tensor(hidden, inner),
    ]
    func y(_ precision: Precision) -> Tensor {
      let layers = matrices.map { Linear(weight: Weight(rows: $0, precision), bias: nil) }
      return x.feedForward(
        gate: isGated ? layers[0] : nil, up: layers[1], down: layers[2], .silu, adding: x)
    }
    let apart = distance(y(precision.0), y(.f32), inputs: inner)
    // Two products one after the other, the sums of the first of size √H.
    #expect(apart <= precision.1 * 8, "\(apart)")
  }

  @Test(arguments: precisions) func aRowsBitsDoNotDependOnItsCompany(
    _ precision: (Precision, Float)
  ) {
    var samples = Samples()
    let (inputs, outputs) = (70, 45)
    let layer = Linear(
      weight: Weight(rows: samples.tensor(outputs, inputs), precision.0), bias: nil)
    let row = samples.floats(inputs)
    let alone = Tensor([1, inputs], row).linear(layer).elements
    for (rows, place) in [(2, 1), (33, 32), (300, 17), (300, 299)] {
      var x = samples.floats(rows * inputs)
      x.replaceSubrange(place * inputs..<(place + 1) * inputs, with: row)
      let y = Tensor([rows, inputs], x).linear(layer).elements
      #expect(Array(y[place * outputs..<(place + 1) * outputs]) == alone)
    }
  }
}
