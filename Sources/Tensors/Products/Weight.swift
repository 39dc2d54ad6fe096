import CKernels

/// A matrix that a model multiplies by, in the format its precision wants.
///
/// `linear`, `feedForward` and `selfAttention` look at the format and take the way that fits; no
/// layer mentions precision.
package struct Weight: Sendable {
  let format: OperandFormat
  package let outputs, inputs: Int
  private let storage: WeightStorage

  /// - Parameter rows: `[outputs, inputs]`
  package init(rows: Tensor, _ precision: Precision = .f32) {
    (outputs, inputs) = (rows.rows, rows.columns)
    format = precision.operands
    storage = format == .float32 ? .rows(rows) : .packed(PackedWeight(rows, format))
  }

  /// `[outputs, inputs]`, as checkpoints store it, for CBLAS: in float32 alone.
  var rows: Tensor {
    guard case .rows(let rows) = storage else { preconditionFailure("a packed weight") }
    return rows
  }

  /// What the kernels multiply by, in every other format.
  var packed: PackedWeight {
    guard case .packed(let packed) = storage else { preconditionFailure("a weight in float32") }
    return packed
  }
}

private enum WeightStorage: Sendable {
  case rows(Tensor)
  case packed(PackedWeight)
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

/// How the numbers of a product's operand lie in memory.
enum OperandFormat: Sendable {
  /// Rows of floats, which are not packed.
  case float32
  case bfloat16
  /// Each number is the sum of two bfloat16, which keeps 16 bits of it.
  case bfloat16x2
  /// 8 bits: rows with a scale and a zero point each, weights with a scale for each output.
  case uint8

  /// The format by the kernels' name for it.
  var kernel: ck_operand_format {
    switch self {
    case .float32: CK_FLOAT32
    case .bfloat16: CK_BFLOAT16
    case .bfloat16x2: CK_BFLOAT16X2
    case .uint8: CK_UINT8
    }
  }
}

/// The extents of a product with weights: each row of `inputs` numbers becomes `outputs`.
package struct ProductShape: Sendable, Hashable {
  package let outputs, inputs: Int

  package init(outputs: Int, inputs: Int) {
    self.outputs = outputs
    self.inputs = inputs
  }

  /// How many weights each row meets.
  package var weights: Int { outputs * inputs }
}
