import Crypto

/// The SHA-256 of pieces of bytes, each with its length before it, so that what is moved from one
/// piece to the next is noticed.
package struct ContentHash {
  private var hash = SHA256()
  /// What is not summed yet: many pieces are short.
  private var waiting: [UInt8] = []

  package init() {}

  package mutating func add(_ bytes: UnsafeRawBufferPointer) {
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { waiting += $0 }
    if bytes.count < 1 << 16 {
      waiting += bytes
    } else {
      flush()
      hash.update(bufferPointer: bytes)
    }
    if waiting.count >= 1 << 16 { flush() }
  }

  package mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

  package mutating func add(_ text: String) { add(Array(text.utf8)) }

  private mutating func flush() {
    waiting.withUnsafeBytes { hash.update(bufferPointer: $0) }
    waiting.removeAll(keepingCapacity: true)
  }

  /// 64 hexadecimal digits.
  package mutating func text() -> String {
    flush()
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: hash.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
      as: UTF8.self)
  }
}
