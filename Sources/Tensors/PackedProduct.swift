import CKernels

/// A product with a packed weight, of some rows at a time: what becomes of its sums, and where they
/// go.
struct PackedProduct {
  // What a block's product writes should be in the second-level cache when the next one reads it.
  static let blockRows = 256

  private var setting = ck_linear()
  private let panels: Panels

  init(_ layer: Linear, _ panels: Panels, _ activation: Activation = .none) {
    self.panels = panels
    setting.inputs = layer.weight.inputs
    setting.outputs = layer.weight.outputs
    setting.activation = activation.kernel
  }

  /// Results go to `out`, rows of `outputs` floats.
  mutating func write(to out: UnsafeMutablePointer<Float>) {
    setting.out = out
    setting.out_stride = setting.outputs
  }

  /// Results go to tiles, the left operand of a product with weights of so many parts.
  mutating func write(to tiles: Tiles) {
    setting.tiles = tiles.start
    setting.tile_parts = tiles.parts
  }

  mutating func multiply(by factor: UnsafePointer<Float>?) {
    setting.factor = factor
    setting.factor_stride = setting.outputs
  }

  mutating func add(_ residual: UnsafePointer<Float>?) {
    setting.residual = residual
    setting.residual_stride = setting.outputs
  }

  /// - Parameters:
  ///   - x: `rows` rows of the layer's inputs
  ///   - bias: `[outputs]`
  mutating func run(_ x: Tiles, rows: Int, bias: Tensor?, _ scratch: PackedScratch) {
    setting.rows = rows
    func run(_ bias: UnsafePointer<Float>?) {
      setting.bias = bias
      panels.withPointer { panels in
        ck_linear_bf16(
          &setting, x.start, panels, x.parts, scratch.sums, ProcessorFeatures.found.bits)
      }
      setting.bias = nil
    }
    guard let bias else { return run(nil) }
    bias.withPointer(run)
  }
}

/// Sums of a block while the next are made.
struct PackedScratch {
  private let storage = Storage(count: ck_linear_scratch(PackedProduct.blockRows))
  var sums: UnsafeMutablePointer<Float>? { storage.floats.baseAddress }
}

/// A block of rows in bfloat16, as the left operand of products.
struct Tiles {
  let parts: Int
  private let storage: Storage

  init(rows: Int, columns: Int, parts: Int) {
    self.parts = parts
    // Two bfloat16 lie in the place of a float.
    storage = Storage(count: (ck_bf16_count(rows, columns, parts) + 1) / 2)
  }

  var start: UnsafeMutablePointer<UInt16>? {
    storage.floats.baseAddress.map {
      UnsafeMutableRawPointer($0).assumingMemoryBound(to: UInt16.self)
    }
  }

  /// Takes over rows of a tensor.
  func fill(_ x: UnsafePointer<Float>, rows: Int, columns: Int) {
    ck_tiles_bf16(start, x, columns, rows, columns, parts)
  }
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
