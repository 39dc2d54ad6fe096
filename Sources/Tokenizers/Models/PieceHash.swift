/// A hash of bytes that can append a byte and remove it again, which gives the hashes of all
/// prefixes of a word in one pass, from the longest down.
struct PieceHash {
  /// 2⁶⁴ divided by the golden ratio: odd, so that it has an inverse, and without a pattern.
  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
  /// `factor` times this is 1 modulo 2⁶⁴.
  private static let inverse: UInt64 = 0xF1DE_83E1_9937_733D

  private var state: UInt64 = 0x2545_F491_4F6C_DD1D

  init() {}

  init(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes { append(byte) }
  }

  mutating func append(_ byte: UInt8) { state = (state ^ UInt64(byte)) &* Self.factor }

  /// Takes back the last `append`, which was of `byte`.
  mutating func remove(_ byte: UInt8) { state = state &* Self.inverse ^ UInt64(byte) }

  /// Its upper bits say where to look first.
  var tag: UInt32 { UInt32(truncatingIfNeeded: ((state ^ state >> 32) &* Self.factor) >> 32) }
}
