import CKernels
import Synchronization

/// A matrix that a model multiplies by, in the format its precision wants.
///
/// `linear`, `feedForward` and `selfAttention` look at the format and take the way that fits; no
/// layer mentions precision.
package struct Weight: Sendable {
  let format: OperandFormat
  package let outputs, inputs: Int
  private let storage: WeightStorage
  /// What the way back multiplies by, in other formats than float32; `nil` outside training.
  private let backward: BackwardWeight?
  /// What is computed beside it, each from one of its outputs on.
  private(set) var changes: [(first: Int, change: LowRank)] = []

  /// - Parameters:
  ///   - rows: `[outputs, inputs]`
  ///   - isTrained: whether there will be a way back through products with it
  package init(rows: Tensor, _ precision: Precision = .f32, isTrained: Bool = false) {
    (outputs, inputs) = (rows.rows, rows.columns)
    format = precision.operands
    storage = format == .float32 ? .rows(rows) : .packed(PackedWeight(rows, format))
    backward =
      isTrained && format != .float32 ? BackwardWeight(rows: rows, precision) : nil
  }

  /// One whose rows stay where a file has them, in half precision, for products in float32 or bfloat16.
  package init(stored rows: StoredRows, _ precision: Precision) {
    (outputs, inputs, format) = (rows.rows, rows.columns, precision.operands)
    storage = format == .float32 ? .stored(rows) : .packed(PackedWeight(rows))
    backward = nil
  }

  /// One in 8 bits that is packed already.
  /// - Parameters:
  ///   - packed: as `withPackedParts` lends it
  ///   - owner: keeps them valid and unchanged
  package init(
    outputs: Int, inputs: Int, packed: PackedParts, from owner: any AnyObject & Sendable
  ) {
    (self.outputs, self.inputs, format) = (outputs, inputs, .uint8)
    let size = Self.packedSize(outputs: outputs, inputs: inputs)
    precondition(packed.bytes.count == size.panels * size.panelBytes, "other bytes than a weight's")
    (storage, backward) = (.packed(PackedWeight(packed, from: owner)), nil)
  }

  /// How a weight in 8 bits is packed: panels of 32 outputs, and the bytes of each.
  package static func packedSize(outputs: Int, inputs: Int) -> (panels: Int, panelBytes: Int) {
    (
      (outputs + PackedWeight.panel - 1) / PackedWeight.panel,
      PackedWeight.panelBytes(inputs: inputs, .uint8)
    )
  }

  /// Lends a weight in 8 bits as it is packed.
  package func withPackedParts<Result>(
    _ body: (PackedParts) throws -> Result
  ) rethrows -> Result {
    try packed.withParts(body)
  }

  /// The rows in float32 that it was made of, which derivatives are by.
  var source: Tensor? {
    if case .rows(let rows) = storage { return rows }
    return backward?.rows
  }

  /// The same with changes beside it, each of the outputs from the first on.
  package func changed(by changes: [(first: Int, change: LowRank)]) -> Weight {
    for (first, change) in changes {
      precondition(
        change.a.columns == inputs && first + change.b.rows <= outputs,
        "a change of \(change.b.rows) outputs from \(first) on, of [\(outputs), \(inputs)]")
    }
    var weight = self
    weight.changes += changes
    return weight
  }

  /// The same numbers without a way back, and without what is beside them.
  var untracked: Weight { Weight(self) }

  private init(_ tracked: Weight) {
    (outputs, inputs, format) = (tracked.outputs, tracked.inputs, tracked.format)
    backward = nil
    storage =
      if case .rows(let rows) = tracked.storage { .rows(rows.untracked) } else { tracked.storage }
  }

  /// The same matrix, turned, in the same format.
  var transposed: Weight? { backward?.transposed }

  /// Lends some outputs' rows in float32, `[outputs, inputs]` as checkpoints store them, for CBLAS: one
  /// part after the other, where they are raised for that. In float32 alone.
  func withRows(
    _ outputs: Range<Int>, _ body: (_ part: Range<Int>, UnsafePointer<Float>) -> Void
  ) {
    switch storage {
    case .rows(let rows): rows.withPointer { body(outputs, $0 + outputs.lowerBound * inputs) }
    case .stored(let rows): rows.raise(outputs, body)
    case .packed: preconditionFailure("a packed weight")
    }
  }

  /// Whether its rows stay where a file has them.
  package var isStored: Bool { stored != nil }

  /// The rows where a file has them; `nil` where they are in memory.
  var stored: StoredRows? {
    switch storage {
    case .rows: nil
    case .packed(let packed): packed.stored
    case .stored(let rows): rows
    }
  }

  /// What the kernels multiply by, in every other format.
  var packed: PackedWeight {
    guard case .packed(let packed) = storage else { preconditionFailure("a weight in float32") }
    return packed
  }
}

/// The matrix that derivatives go back through, packed once for all parts of a batch.
private final class BackwardWeight: Sendable {
  let rows: Tensor
  private let precision: Precision
  private let made = Mutex<Weight?>(nil)

  init(rows: Tensor, _ precision: Precision) { (self.rows, self.precision) = (rows, precision) }

  var transposed: Weight {
    made.withLock { made in
      let weight = made ?? Weight(rows: rows.untracked.transposed(), precision)
      made = weight
      return weight
    }
  }
}

private enum WeightStorage: Sendable {
  case rows(Tensor)
  case packed(PackedWeight)
  case stored(StoredRows)
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

  /// Whether derivatives by one of its numbers are wanted, or something is computed beside it, which is
  /// done on that way alone.
  var isTracked: Bool {
    weight.source?.isTracked ?? false || bias?.isTracked ?? false || !weight.changes.isEmpty
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

  /// The precision whose products have such operands.
  var precision: Precision {
    switch self {
    case .float32: .f32
    case .bfloat16: .bf16
    case .bfloat16x2: .bf16x3
    case .uint8: .int8
    }
  }

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
