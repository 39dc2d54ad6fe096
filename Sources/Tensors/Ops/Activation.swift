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

extension Tensor {
  /// The activation of each number.
  package func activated(_ activation: Activation) -> Tensor {
    guard activation != .none else { return self }
    let y = copied { activation($0, rows: rows, columns: columns) }
    return y.recorded([self]) { dy in
      [dy.copied { activation.slope($0, x: self, y: y, count: dy.count) }]
    }
  }
}

extension Activation {
  /// Multiplies the derivatives by y with the slope at x.
  fileprivate func slope(
    _ dy: UnsafeMutablePointer<Float>, x: Tensor, y: Tensor, count: Int
  ) {
    switch self {
    case .none: break
    case .gelu: x.withPointer { ck_gelu_slope(dy, $0, dy, count) }
    case .geluTanh: x.withPointer { ck_gelu_tanh_slope(dy, $0, dy, count) }
    case .quickGelu: x.withPointer { ck_quick_gelu_slope(dy, $0, dy, count) }
    case .silu: x.withPointer { ck_silu_slope(dy, $0, dy, count) }
    case .relu: x.withPointer { ck_relu_slope(dy, $0, dy, count) }
    case .tanh: y.withPointer { ck_tanh_slope(dy, $0, dy, count) }
    case .sigmoid: y.withPointer { ck_sigmoid_slope(dy, $0, dy, count) }
    }
  }
}
