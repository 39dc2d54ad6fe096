import Tensors

/// x · Wᵀ + b.
struct Linear: Sendable {
  let weight: Weight
  let bias: Tensor?

  init(weight: Weight, bias: Tensor?) {
    self.weight = weight
    self.bias = bias
  }

  init(_ weights: Weights, _ inputs: Int, _ outputs: Int, bias: Bool = true) throws {
    weight = try weights.matrix("weight", outputs, inputs)
    self.bias = bias ? try weights.vector("bias", outputs) : nil
  }

  /// Several layers that take the same input, as one: their outputs side by side.
  init(
    _ weights: Weights, _ inputs: Int, stacking parts: [(name: String, outputs: Int)],
    bias: Bool = true
  ) throws {
    weight = try weights.stacked(parts.map { ($0.name + ".weight", $0.outputs) }, inputs)
    self.bias =
      bias ? try weights.stackedVectors(parts.map { ($0.name + ".bias", $0.outputs) }) : nil
  }

  var product: ProductShape { ProductShape(outputs: weight.outputs, inputs: weight.inputs) }

  func callAsFunction(_ x: Tensor, then activation: Activation = .none) -> Tensor {
    x.linear(weight, bias: bias, then: activation)
  }

  /// What it makes of x, and `residual`.
  func callAsFunction(_ x: Tensor, adding residual: Tensor?) -> Tensor {
    x.linear(weight, bias: bias, adding: residual)
  }
}
