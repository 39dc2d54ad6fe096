import CKernels

/// A product with a packed weight, of some rows at a time: what becomes of its sums, and where they
/// go.
///
/// Each thread has its own copy, whose pointers it sets itself; that is what makes it `Sendable`.
struct PackedProduct: @unchecked Sendable {
  // A weight is read once for each block of rows. With twice as many rows, the result of a product
  // would leave the second-level cache before the next product reads it.
  static let blockRows = 512
  // Rows that a thread takes at least, where several share a product: a block of the kernels.
  static let unitRows = 32
  // Of one block of rows each thread takes some of the outputs instead, if reading their weights
  // takes longer than a thread takes to come.
  private static let fewestBytes = 400 << 10

  let weight: PackedWeight
  private let bias: Tensor?
  private var setting = ck_linear()

  /// - Parameter layer: of a packed weight
  init(_ layer: Linear, _ activation: Activation = .none) {
    weight = layer.weight.packed
    bias = layer.bias
    setting.inputs = layer.weight.inputs
    setting.outputs = layer.weight.outputs
    setting.activation = activation.kernel
  }

  var inputs: Int { setting.inputs }

  /// How many ways rows may go at most before they meet it.
  var parts: Int { weight.isStored ? 1 : .max }

  /// Floats that it needs beside its operands, for so many rows.
  func scratchCount(rows: Int) -> Int {
    ck_linear_scratch(rows, inputs, weight.format.kernel)
  }

  /// Results go to `out`, rows of `outputs` floats.
  mutating func write(to out: UnsafeMutablePointer<Float>?) {
    setting.out = out
    setting.out_stride = setting.outputs
  }

  /// Results go to `out`, rows of `outputs` bfloat16.
  mutating func write(bfloat16 out: UnsafeMutablePointer<UInt16>?) {
    setting.bf16 = out
    setting.bf16_stride = setting.outputs
  }

  /// Results go to packed rows of bfloat16.
  mutating func write(packed rows: PackedRows) {
    setting.packed = rows.halves
    setting.packed_format = rows.format.kernel
  }

  /// Results are multiplied by rows of `outputs` floats.
  mutating func multiply(by factor: UnsafePointer<Float>?) {
    setting.factor = factor
    setting.factor_stride = setting.outputs
  }

  /// Rows of `outputs` floats are added to the results.
  mutating func add(_ residual: UnsafePointer<Float>?) {
    setting.residual = residual
    setting.residual_stride = setting.outputs
  }

  /// - Parameter x: `rows` rows of the layer's inputs, from their first on
  mutating func callAsFunction(_ x: PackedRows, rows: Int, _ scratch: PackedScratch) {
    setting.rows = rows
    guard rows <= Self.unitRows || weight.isStored else { return multiply(x, scratch) }
    let parts = weight.byteCount / Self.fewestBytes
    Parallel.split(setting.outputs, unit: PackedWeight.panel, parts: parts) { [self] part in
      var product = self
      product.setting.first_output = part.lowerBound
      product.setting.end_output = part.upperBound
      let isWhole = part.count == setting.outputs
      product.multiply(x, isWhole ? scratch : PackedScratch(rows: rows, for: [product]))
    }
  }

  private mutating func multiply(_ x: PackedRows, _ scratch: PackedScratch) {
    guard let bias else { return weight.multiply(x, &setting, scratch) }
    bias.withPointer { pointer in
      setting.bias = pointer
      weight.multiply(x, &setting, scratch)
      setting.bias = nil
    }
  }
}

/// A product and the memory that it takes, which all blocks of a thread use.
struct PackedRun {
  var product: PackedProduct
  let packed: PackedRows
  let scratch: PackedScratch

  /// For blocks of up to `rows` rows.
  init(_ product: PackedProduct, rows: Int) {
    self.product = product
    packed = PackedRows(rows: rows, columns: product.inputs, for: product.weight)
    scratch = PackedScratch(rows: rows, for: [product])
  }

  /// - Parameter x: rows of the layer's inputs
  mutating func callAsFunction(_ x: UnsafePointer<Float>, rows: Int) {
    packed.fill(x, rows: rows)
    product(packed, rows: rows, scratch)
  }
}

/// What products keep while they are made.
struct PackedScratch {
  private let storage: Storage

  /// For any of these products.
  init(rows: Int, for products: [PackedProduct?]) {
    let counts = products.compactMap { $0?.scratchCount(rows: rows) }
    storage = Storage(count: counts.max() ?? 0)
  }

  var sums: UnsafeMutablePointer<Float>? { storage.floats.baseAddress }
}

extension Activation {
  /// The activation by the kernels' name for it.
  var kernel: ck_activation {
    switch self {
    case .none: CK_IDENTITY
    case .gelu: CK_GELU
    case .geluTanh: CK_GELU_TANH
    case .quickGelu: CK_QUICK_GELU
    case .silu: CK_SILU
    case .relu: CK_RELU
    case .tanh: CK_TANH
    case .sigmoid: CK_SIGMOID
    }
  }
}

extension Tensor {
  /// Hands out blocks of rows, as products with packed weights take them.
  /// - Parameters:
  ///   - parts: how many of the rows go different ways at most: 1 where products share their outputs
  ///   - prepare: makes what a thread needs for blocks of up to that number of rows
  ///   - body: `count` rows from row `start` on, which lie at `x`
  func eachPackedBlock<Run>(
    parts: Int = .max,
    prepare: @Sendable (_ rows: Int) -> Run,
    body: @Sendable (inout Run, _ x: UnsafePointer<Float>, _ count: Int, _ start: Int) -> Void
  ) {
    Parallel.split(rows, unit: PackedProduct.unitRows, parts: parts) { part in
      var run = prepare(min(part.count, PackedProduct.blockRows))
      withPointer { x in
        for start in stride(
          from: part.lowerBound, to: part.upperBound, by: PackedProduct.blockRows)
        {
          body(
            &run, x + start * columns, min(PackedProduct.blockRows, part.upperBound - start), start)
        }
      }
    }
  }
}

extension Tensor? {
  /// Lends the elements from an offset on, or nothing.
  func withPart(from offset: Int, _ body: (UnsafePointer<Float>?) -> Void) {
    guard let tensor = self else { return body(nil) }
    tensor.withPointer { body($0 + offset) }
  }
}
