/// Eight bytes tested in one step: bytes of text that need no other test are skipped by the word
/// (Mycroft's test for a zero byte, 1987: `(x − 0x01…) & ~x & 0x80…`).
struct ByteWord {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080
  private let bytes: UInt64

  /// The eight bytes at `offset`, which must all be in `text`.
  init(_ text: UnsafeRawBufferPointer, at offset: Int) {
    bytes = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Whether all eight bytes are below 0x80.
  var isASCII: Bool { bytes & Self.highs == 0 }

  /// How many of the first bytes are spaces, 0 … 8.
  var spaces: Int { (bytes ^ (Self.ones &* 0x20)).trailingZeroBitCount &>> 3 }

  /// How many of the first bytes stand for themselves in a JSON string, 0 … 8: no quote, no
  /// backslash, no control character; nor, when `ascii` is asked for, a byte from 0x80 on.
  func plain(ascii: Bool) -> Int {
    let quote = bytes ^ (Self.ones &* 0x22)
    let backslash = bytes ^ (Self.ones &* 0x5C)
    // A borrow spoils only bytes after the first hit, which are not used.
    let hits =
      ((quote &- Self.ones) & ~quote) | ((backslash &- Self.ones) & ~backslash)
      | ((bytes &- (Self.ones &* 0x20)) & ~bytes) | (ascii ? bytes : 0)
    return (hits & Self.highs).trailingZeroBitCount &>> 3
  }
}
