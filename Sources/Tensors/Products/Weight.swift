/// A matrix that a model multiplies by, in the form its road wants.
///
/// `linear` looks at the form and takes the road that fits; no architecture mentions precision.
package struct Weight: Sendable {
  enum Form: Sendable {
    /// `[outputs, inputs]`, as checkpoints store it, for CBLAS: the definition.
    case rows(Tensor)
    case panels(PackedWeight)
  }

  let form: Form
  package let outputs, inputs: Int

  /// - Parameter rows: `[outputs, inputs]`
  package init(rows: Tensor, _ precision: Precision = .f32) {
    (outputs, inputs) = (rows.rows, rows.columns)
    form =
      switch precision {
      case .f32: .rows(rows)
      case .bf16: .panels(PackedWeight(rows, .bfloat16))
      case .bf16x3: .panels(PackedWeight(rows, .bfloat16x2))
      case .int8: .panels(PackedWeight(rows, .uint8))
      }
  }
}
/// x · Wᵀ + b.
package struct Linear: Sendable {
  package let weight: Weight
  /// `[outputs]`
  package let bias: Tensor?

  package init(weight: Weight, bias: Tensor?) {
    precondition(bias.map { $0.count == weight.outputs } ?? true, "bias of \(weight.outputs)")
    (self.weight, self.bias) = (weight, bias)
  }

  package var product: ProductShape {
    ProductShape(outputs: weight.outputs, inputs: weight.inputs)
  }

  /// What it makes of x, through the activation, plus `residual`.
  /// - Shapes: `[N, inputs]` → `[N, outputs]`
  package func callAsFunction(
    _ x: Tensor, then activation: Activation = .none, adding residual: Tensor? = nil
  ) -> Tensor {
    x.linear(self, then: activation, adding: residual)
  }
}
