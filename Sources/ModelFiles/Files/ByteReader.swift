/// Reads numbers and byte ranges of a file in order; reading past the end throws.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  /// What errors call the bytes.
  let name: String
  /// Where the next read begins.
  private(set) var position: Int

  init(_ bytes: UnsafeRawBufferPointer, name: String, at position: Int = 0) {
    precondition(position >= 0, "\(position) is before the file")
    (self.bytes, self.name, self.position) = (bytes, name, position)
  }

  /// How many bytes are left; 0 when `position` is past the end.
  var remaining: Int { max(bytes.count &- position, 0) }

  /// The next little-endian number.
  mutating func next<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    let place = try skip(MemoryLayout<Number>.size).lowerBound
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Number.self))
  }

  /// The next `count` bytes, lent only.
  mutating func next(_ count: Int) throws -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[try skip(count)])
  }

  /// Bytes that were passed.
  func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  /// Skips `count` bytes, and returns their range.
  @discardableResult
  mutating func skip(_ count: Int) throws -> Range<Int> {
    guard count >= 0, count <= remaining else {
      throw FileError(
        "\(name) is cut short: byte \(position) should be followed by \(count) bytes, "
          + "there are \(remaining)")
    }
    let place = position..<position &+ count
    position = place.upperBound
    return place
  }

  /// The bytes up to the next newline, which is passed as well; nil when none is near.
  mutating func line(longest: Int) -> UnsafeRawBufferPointer? {
    let start = position
    let rest = bytes[min(start, bytes.count)..<bytes.count].prefix(longest &+ 1)
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    position = end &+ 1
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }
}

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
