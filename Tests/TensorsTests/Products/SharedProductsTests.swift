import TestSupport
import Testing

@testable import Tensors

/// Threads that share a product, by its rows or by its outputs, make the bits that one makes.
@Suite struct SharedProductsTests {
  static let precisions: [Precision] = [.f32, .bf16x3, .bf16, .int8]
  private static let rows = [0, 1, 17, 64, 65, 200, 600]

  @Test(arguments: precisions, [(16, 128), (15, 130), (70, 33), (70, 200), (384, 384)])
  func ofALinearLayer(_ precision: Precision, _ shape: (inputs: Int, outputs: Int)) {
    var samples = Samples()
    let layer = Linear(
      weight: Weight(rows: samples.tensor(shape.outputs, shape.inputs), precision),
      bias: samples.tensor(shape.outputs))
    for rows in Self.rows {
      let x = samples.tensor(rows, shape.inputs)
      let (factor, residual) = (
        samples.tensor(rows, shape.outputs), samples.tensor(rows, shape.outputs)
      )
      for (activation, factor, residual) in [
        (.none, nil, nil), (.none, nil, residual), (.gelu, factor, residual),
      ] as [(Activation, Tensor?, Tensor?)] {
        let results = [1, 3].map { threads in
          Parallel.sharing(threads) {
            x.linear(layer, then: activation, times: factor, adding: residual).elements
          }
        }
        #expect(results[0] == results[1], "\(rows) rows, \(activation)")
      }
    }
  }

  @Test(arguments: precisions, [false, true])
  func ofAFeedForwardLayer(_ precision: Precision, isGated: Bool) {
    var samples = Samples()
    let (hidden, inner) = (72, 200)
    let layers = [(inner, hidden), (inner, hidden), (hidden, inner)].map { outputs, inputs in
      Linear(weight: Weight(rows: samples.tensor(outputs, inputs), precision), bias: nil)
    }
    for rows in Self.rows {
      let x = samples.tensor(rows, hidden)
      let results = [1, 3].map { threads in
        Parallel.sharing(threads) {
          x.feedForward(
            gate: isGated ? layers[0] : nil, up: layers[1], down: layers[2], .silu, adding: x
          ).elements
        }
      }
      #expect(results[0] == results[1], "\(rows) rows")
    }
  }
}
