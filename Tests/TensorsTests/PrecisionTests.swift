import CKernels
import Testing

@testable import Tensors

@Suite struct PrecisionTests {
  @Test func bf16x3AloneIsSlowAndWithoutAMXAlone() {
    #expect((Precision.bf16x3.warning == nil) == ProcessorFeatures.found.hasMatrixUnit)
    #expect(Precision.f32.warning == nil && Precision.int8.warning == nil)
    #expect((Precision.bf16.warning == nil) == ProcessorFeatures.found.multipliesBFloat16)
  }

  /// All features of x86-64.
  private static let all =
    InstructionSet.avx512BF16.features | UInt32(CK_AMX_BF16) | UInt32(CK_AMX_INT8)

  /// A processor with all of them, kept to fewer: the set that multiplies bfloat16, and bytes.
  @Test(arguments: [
    ("portable", "portable", "portable"), ("avx2", "avx2", "avx2"),
    ("avx-vnni", "avx-vnni", "avx-vnni"), ("avx512", "avx512", "avx512"),
    ("avx512-vnni", "avx512-vnni", "avx512-vnni"), ("avx512-bf16", "avx512-bf16", "avx512-bf16"),
  ])
  func aLimitIsKept(name: String, bfloat16: String, bytes: String) throws {
    let features = ProcessorFeatures(bits: Self.all, limit: name)
    #expect(features.obstacle == nil && features.hasVectors == (name != "portable"))
    let limit = try #require(InstructionSet(rawValue: name))
    let most = [features.instructions(for: .bfloat16), features.instructions(for: .uint8)]
    let allowed = InstructionSet.allCases.prefix { $0 != limit } + [limit]
    #expect(most.allSatisfy(allowed.contains))
    // What this processor has of them is what it takes.
    if ck_processor_features() & limit.features == limit.features {
      #expect(most.map(\.rawValue) == [bfloat16, bytes])
    }
  }

  @Test func aLimitThatIsNoneSaysSo() {
    let features = ProcessorFeatures(bits: Self.all, limit: "avx9")
    #expect(features.bits == 0)
    #expect(
      features.obstacle
        == "EMBED_INSTRUCTIONS is `avx9`, should be one of portable, avx2, avx-vnni, "
        + "avx512, avx512-vnni, avx512-bf16, amx, neon-dot, neon-bf16, or unset")
  }
}
