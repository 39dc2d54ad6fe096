import CKernels
import Testing

/// What kernels of products and attention are compiled for, as the features that they may use.
struct InstructionSet: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let features: UInt32

  private init(_ name: String, _ features: Int...) {
    testDescription = name
    self.features = UInt32(features.reduce(0, |))
  }

  static let portable = InstructionSet("portable")
  static let avx2 = InstructionSet("avx2", CK_AVX2)
  static let avxVNNI = InstructionSet("avx-vnni", CK_AVX2, CK_AVX_VNNI)
  static let avx512 = InstructionSet("avx512", CK_AVX512)
  static let avx512VNNI = InstructionSet("avx512-vnni", CK_AVX512, CK_AVX512_VNNI)
  static let avx512BF16 = InstructionSet(
    "avx512-bf16", CK_AVX512, CK_AVX512_VNNI, CK_AVX512_BF16)
  static let amx = InstructionSet(
    "amx", CK_AVX512, CK_AVX512_VNNI, CK_AVX512_BF16, CK_AMX_BF16, CK_AMX_INT8)

  /// Those that this processor has, and of them those that are compared with portable code. Of the
  /// others `InstructionSetTests` says that they are skipped.
  static let here = [portable] + vector
  static let vector = [avx2, avxVNNI, avx512, avx512VNNI, avx512BF16, amx].filter(\.isHere)

  var multipliesBFloat16: Bool { features & UInt32(CK_AVX512_BF16) != 0 }
  var isHere: Bool { ck_processor_features() & features == features }

  /// Skips a test where the processor lacks the instructions, and says so.
  var isNeeded: ConditionTrait {
    .enabled(if: isHere, "this processor has no \(testDescription), or not all of it")
  }
}

/// Which roads the tests of kernels take on this processor, so that their log says it.
@Suite struct InstructionSetTests {
  @Test(InstructionSet.avx2.isNeeded) func avx2IsTested() { expectTaken(.avx2) }
  @Test(InstructionSet.avxVNNI.isNeeded) func avxVNNIIsTested() { expectTaken(.avxVNNI) }
  @Test(InstructionSet.avx512.isNeeded) func avx512IsTested() { expectTaken(.avx512) }
  @Test(InstructionSet.avx512VNNI.isNeeded) func avx512VNNIIsTested() { expectTaken(.avx512VNNI) }
  @Test(InstructionSet.avx512BF16.isNeeded) func avx512BF16IsTested() { expectTaken(.avx512BF16) }
  @Test(InstructionSet.amx.isNeeded) func amxIsTested() { expectTaken(.amx) }

  private func expectTaken(_ set: InstructionSet) {
    for format in [CK_BFLOAT16, CK_BFLOAT16X2, CK_UINT8] {
      #expect(String(cString: ck_instruction_set(format, set.features)) == set.testDescription)
    }
  }

  @Test(arguments: InstructionSet.here)
  func registersMultiplyWhatTheySay(set: InstructionSet) {
    for format in [CK_FLOAT32, CK_BFLOAT16, CK_BFLOAT16X2, CK_UINT8] {
      let counts = (1...2).map { times in
        withAligned([Float](repeating: 0, count: 1024)) {
          ck_register_products(format, times, set.features, $0.baseAddress)
        }
      }
      #expect(counts[0] >= 16 && counts[1] == 2 * counts[0])
    }
  }
}
