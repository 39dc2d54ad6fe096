import CKernels

/// What the kernels of lower precisions are compiled for, from the least to the most.
package enum InstructionSet: String, CaseIterable, Sendable {
  /// For any processor; vector code where the compiler finds it.
  case portable
  /// AVX2 and FMA.
  case avx2
  /// AVX2 with an instruction for products of bytes.
  case avxVNNI = "avx-vnni"
  case avx512
  /// AVX-512 with an instruction for products of bytes.
  case avx512VNNI = "avx512-vnni"
  /// And one for products of bfloat16.
  case avx512BF16 = "avx512-bf16"
  /// The matrix unit, with tiles of bfloat16 or bytes.
  case amx
  /// Arm's instruction for bytes with a sign.
  case neonDot = "neon-dot"
  /// Arm's instructions for bfloat16, and for bytes of which one has a sign.
  case neonBF16 = "neon-bf16"

  /// The variable that keeps products to a set and those below it, as far as the processor has
  /// them: to compare them, and to work around a processor or a virtual machine that errs.
  package static let variable = "EMBED_INSTRUCTIONS"

  /// The features that its kernels, and those of the sets below, may use.
  var features: UInt32 {
    switch self {
    case .portable: UInt32(CK_NEON)
    case .avx2: UInt32(CK_AVX2)
    case .avxVNNI: Self.avx2.features | UInt32(CK_AVX_VNNI)
    case .avx512: Self.avxVNNI.features | UInt32(CK_AVX512)
    case .avx512VNNI: Self.avx512.features | UInt32(CK_AVX512_VNNI)
    case .avx512BF16: Self.avx512VNNI.features | UInt32(CK_AVX512_BF16)
    case .neonDot: UInt32(CK_NEON | CK_NEON_DOT)
    case .neonBF16: Self.neonDot.features | UInt32(CK_NEON_BF16 | CK_NEON_I8MM)
    case .amx: .max
    }
  }
}
