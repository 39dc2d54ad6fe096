import Tensors

/// x · Wᵀ + b.
struct Linear: Sendable {
  let weight: Weight
  let bias: Tensor?

  init(_ weights: Weights, _ inputs: Int, _ outputs: Int, bias: Bool = true) throws {
    weight = try weights.matrix("weight", outputs, inputs)
    self.bias = bias ? try weights.vector("bias", outputs) : nil
  }

  /// Several layers that take the same input, as one: their outputs side by side.
  init(_ weights: Weights, _ inputs: Int, stacking names: [String], _ outputs: Int) throws {
    weight = try weights.stacked(names.map { $0 + ".weight" }, outputs, inputs)
    bias = try weights.stackedVectors(names.map { $0 + ".bias" }, outputs)
  }

  var product: ProductShape { ProductShape(outputs: weight.outputs, inputs: weight.inputs) }

  func callAsFunction(_ x: Tensor, then activation: Activation = .none) -> Tensor {
    x.linear(weight, bias: bias, then: activation)
  }
}
