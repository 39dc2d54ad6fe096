/// Numbers and runs of bytes of a file, one after another; to ask for more than there is is an
/// error, never a trap.
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
