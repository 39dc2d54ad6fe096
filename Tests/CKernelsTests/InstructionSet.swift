import CKernels
import Testing

/// What kernels of products and attention are compiled for, as the features that they may use.
struct InstructionSet: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let features: UInt32

  static let portable = InstructionSet(testDescription: "portable", features: 0)
  static let avx512 = InstructionSet(
    testDescription: "AVX-512", features: UInt32(CK_AVX512 | CK_AVX512_BF16 | CK_AVX512_VNNI))
  static let amx = InstructionSet(
    testDescription: "AMX", features: avx512.features | UInt32(CK_AMX_BF16 | CK_AMX_INT8))
  /// Those that this processor has. Of the others their comparisons with portable code say that they
  /// are skipped.
  static let here = [portable, avx512, amx].filter(\.isHere)

  var isHere: Bool { ck_processor_features() & features == features }

  /// Skips a test where the processor lacks the instructions, and says so.
  var isNeeded: ConditionTrait {
    .enabled(if: isHere, "this processor has no \(testDescription), or not all of it")
  }
}
