package import ModelFiles
package import Tensors

extension FloatFormat {
  /// The format of a file's elements; `nil` for what are no real numbers.
  package init?(_ type: ElementType) {
    guard let format = Self.formats[type] else { return nil }
    self = format
  }

  package var elementType: ElementType {
    switch self {
    case .float64: .f64
    case .float32: .f32
    case .float16: .f16
    case .bfloat16: .bf16
    }
  }

  private static let formats: [ElementType: FloatFormat] = [
    .f64: .float64, .f32: .float32, .f16: .float16, .bf16: .bfloat16,
  ]
}
