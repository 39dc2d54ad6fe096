import CKernels

/// A function that a layer applies to each number.
package enum Activation: String, CaseIterable, Sendable {
  case none
  /// x · Φ(x), exact (erf).
  case gelu
  /// The tanh approximation of GELU: `gelu_new`, `gelu_pytorch_tanh`.
  case geluTanh
  case quickGelu
  case silu
  case relu
  case tanh
  case sigmoid

  /// Applies it in place.
  /// - Shapes: `[rows, columns]`
  func callAsFunction(_ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
    switch self {
    case .none: break
    case .gelu: ck_gelu(x, rows, columns)
    case .geluTanh: ck_gelu_tanh(x, rows, columns)
    case .quickGelu: ck_quick_gelu(x, rows, columns)
    case .silu: ck_silu(x, rows, columns)
    case .relu: ck_relu(x, rows, columns)
    case .tanh: ck_tanh(x, rows, columns)
    case .sigmoid: ck_sigmoid(x, rows, columns)
    }
  }
}
