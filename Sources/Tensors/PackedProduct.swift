import CKernels

/// A product with a packed weight, of some rows at a time: what becomes of its sums, and where they
/// go.
struct PackedProduct {
  // What a block's product writes should be in the second-level cache when the next one reads it.
  static let blockRows = 256

  let panels: Panels
  private let bias: Tensor?
  private var setting = ck_linear()

  init(_ layer: Linear, _ panels: Panels, _ activation: Activation = .none) {
    self.panels = panels
    bias = layer.bias
    setting.inputs = layer.weight.inputs
    setting.outputs = layer.weight.outputs
    setting.activation = activation.kernel
  }

  /// Results go to `out`, rows of `outputs` floats.
  mutating func write(to out: UnsafeMutablePointer<Float>?) {
    setting.out = out
    setting.out_stride = setting.outputs
  }

  /// Results go to `out`, rows of `outputs` bfloat16.
  mutating func write(narrow out: UnsafeMutablePointer<UInt16>?) {
    setting.narrow = out
    setting.narrow_stride = setting.outputs
  }

  /// Results go to tiles of bfloat16.
  mutating func write(tiles: Tiles) {
    setting.tiles = tiles.halves
    setting.tile_parts = tiles.parts ?? 0
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
  mutating func callAsFunction(_ x: Tiles, rows: Int, _ scratch: PackedScratch) {
    setting.rows = rows
    guard let bias else { return panels.multiply(x, &setting, scratch) }
    bias.withPointer { pointer in
      setting.bias = pointer
      panels.multiply(x, &setting, scratch)
      setting.bias = nil
    }
  }
}

/// Sums of a block, while the next ones are made.
struct PackedScratch {
  private let storage: Storage

  init(rows: Int = PackedProduct.blockRows) { storage = Storage(count: ck_linear_scratch(rows)) }

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
  func eachPackedBlock(
    _ body: (_ x: UnsafePointer<Float>, _ count: Int, _ start: Int) -> Void
  ) {
    withPointer { x in
      for start in stride(from: 0, to: rows, by: PackedProduct.blockRows) {
        body(x + start * columns, min(PackedProduct.blockRows, rows - start), start)
      }
    }
  }
}

extension Tensor? {
  /// Lends the elements from a place on, or nothing.
  func withPart(from place: Int, _ body: (UnsafePointer<Float>?) -> Void) {
    guard let tensor = self else { return body(nil) }
    tensor.withPointer { body($0 + place) }
  }
}
