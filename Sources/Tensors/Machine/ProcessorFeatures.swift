import CKernels
import Glibc

/// What the processor has and the system lets this process use.
package struct ProcessorFeatures: Sendable, CustomStringConvertible {
  /// Asked once; the system grants the tile registers with the answer.
  package static let found = ProcessorFeatures(bits: ck_processor_features(), limit: limit)

  /// What `EMBED_INSTRUCTIONS` says, if anything.
  package static let limit = getenv(InstructionSet.variable).map { String(cString: $0) }

  let bits: UInt32
  /// Why nothing can be told of them: a limit that names no set.
  package let obstacle: String?

  init(bits: UInt32, limit: String? = nil) {
    let set = limit.map { InstructionSet(rawValue: $0) } ?? .amx
    self.bits = bits & (set?.features ?? 0)
    let known = InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")
    obstacle =
      set == nil
      ? "\(InstructionSet.variable) is `\(limit ?? "")`, should be one of \(known), or unset" : nil
  }

  /// The bits, as hexadecimal digits.
  package var description: String { String(bits, radix: 16) }

  /// Vectors with fused products, without which float32 is faster than anything else here.
  var hasVectors: Bool { has(CK_AVX2) || has(CK_NEON) }

  /// Tiles of bfloat16.
  package var hasMatrixUnit: Bool { has(CK_AMX_BF16) }

  /// Instructions that multiply bfloat16, rather than what it is widened to.
  var multipliesBFloat16: Bool { hasMatrixUnit || has(CK_AVX512_BF16) || has(CK_NEON_BF16) }

  /// The set whose kernels multiply such operands.
  func instructions(for operands: OperandFormat) -> InstructionSet {
    InstructionSet(rawValue: String(cString: ck_instruction_set(operands.kernel, bits)))
      ?? .portable
  }

  private func has(_ feature: Int) -> Bool { bits & UInt32(feature) != 0 }
}
