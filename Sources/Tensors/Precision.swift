/// How exactly a model's products are computed.
package enum Precision: String, CaseIterable, Sendable {
  /// float32 through CBLAS: the definition.
  case f32
  /// Each float32 as the sum of two bfloat16: about float32's exactness.
  case bf16x3
  case bf16
  /// Weights and what they meet in 8 bits.
  case int8

  /// How operands of its products lie in memory.
  var operands: OperandFormat {
    switch self {
    case .f32: .float32
    case .bf16x3: .bfloat16x2
    case .bf16: .bfloat16
    case .int8: .uint8
    }
  }

  /// The bytes of each number of a packed weight; 0 where weights are used as they lie.
  package var packedBytes: Int {
    switch self {
    case .f32: 0
    case .bf16x3: 4
    case .bf16: 2
    case .int8: 1
    }
  }

  /// Why this processor cannot do it; `nil` where it can.
  package var obstacle: String? {
    let found = ProcessorFeatures.found
    guard self != .f32 else { return nil }
    return found.obstacle
      ?? (found.hasVectors ? nil : "this processor has no AVX2, or the system withholds it")
  }

  /// What to know of it on this processor; `nil` where it does what it is for.
  package var warning: String? {
    let found = ProcessorFeatures.found
    switch self {
    // Three products of bfloat16 for one of float32, of which AVX512_BF16 makes hardly more than
    // twice as many.
    case .bf16x3 where !found.hasMatrixUnit:
      return "this processor has no AMX, and is slower in bf16x3 than in f32"
    case .bf16 where !found.multipliesBFloat16:
      return "this processor has no instructions for bfloat16: it takes half of f32's memory for "
        + "weights, and about its time"
    default: return nil
    }
  }
}
