import CKernels

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
