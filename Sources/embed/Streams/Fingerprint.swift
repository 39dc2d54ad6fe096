/// FNV-1a (Fowler, Noll and Vo) over runs of bytes, each with its length before it: this tells
/// things apart that were mixed up, not ones that were made to be alike.
struct Fingerprint {
  private var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  private mutating func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    for shift in stride(from: 0, to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: bytes.count >> shift))
    }
    for byte in bytes { add(byte) }
  }

  mutating func add(_ floats: [Float]) { floats.withUnsafeBytes { add($0) } }

  /// 16 digits.
  var text: String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
