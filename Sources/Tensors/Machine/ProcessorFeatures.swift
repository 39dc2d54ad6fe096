import CKernels

/// What the processor has and the system lets this process use.
struct ProcessorFeatures: Sendable {
  /// Asked once; the system grants the tile registers with the answer.
  static let found = ProcessorFeatures(bits: ck_processor_features())

  let bits: UInt32

  var canMultiplyBFloat16: Bool { has(CK_AMX_BF16) || has(CK_AVX512_BF16) }

  /// And bfloat16, which attention is computed in then.
  var canMultiplyBytes: Bool {
    canMultiplyBFloat16 && (has(CK_AMX_INT8) || has(CK_AVX512_VNNI))
  }

  /// Tiles of bfloat16.
  var hasMatrixUnit: Bool { has(CK_AMX_BF16) }

  private func has(_ feature: Int) -> Bool { bits & UInt32(feature) != 0 }
}
