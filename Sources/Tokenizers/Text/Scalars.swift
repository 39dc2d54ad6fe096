/// U+FFFD, for bytes that are no UTF-8: callers promise UTF-8, and nothing may trap if they err.
private let replacement: UInt32 = 0xFFFD

extension UnsafeRawBufferPointer {
  /// The scalar whose first byte is at `position`, and where the next one starts.
  /// Every result is at most U+10FFFF and moves on by at least one byte, whatever the bytes are.
  func scalar(at position: Int) -> (value: UInt32, end: Int) {
    let first = UInt32(self[position])
    let length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    guard length > 1 else { return (first < 0x80 ? first : replacement, position + 1) }
    guard length <= count - position else { return (replacement, position + 1) }
    var value = first & (0x7F >> UInt32(length))
    for offset in 1..<length {
      value = value << 6 | UInt32(self[position + offset]) & 0x3F
    }
    return (value <= 0x10FFFF ? value : replacement, position + length)
  }

  /// The scalar that ends where `position` is, and where it starts; `position` is not 0.
  func scalar(before position: Int) -> (value: UInt32, start: Int) {
    var start = position - 1
    while start > 0, position - start < 4, isContinuation(at: start) { start -= 1 }
    return (scalar(at: start).value, start)
  }

  /// The scalars from `position` on.
  func scalars(from position: Int = 0) -> ScalarSequence {
    ScalarSequence(bytes: self, position: position)
  }

  /// Where the scalars from `position` on that `isPart` accepts end.
  func end(from position: Int, while isPart: (UInt32) -> Bool) -> Int {
    for (scalar, range) in scalars(from: position) where !isPart(scalar) { return range.lowerBound }
    return count
  }

  /// Where the scalars before `position` that `isPart` accepts start, looking back to `limit`.
  func start(before position: Int, from limit: Int = 0, while isPart: (UInt32) -> Bool) -> Int {
    var start = position
    while start > limit {
      let (scalar, previous) = scalar(before: start)
      guard isPart(scalar) else { break }
      start = previous
    }
    return start
  }

  /// Where the ASCII that begins at `position`, if any, ends.
  func asciiEnd(from position: Int) -> Int {
    var end = position
    while count - end >= 8,
      loadUnaligned(fromByteOffset: end, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      end += 8
    }
    while end < count, self[end] < 0x80 { end += 1 }
    return end
  }

  /// Where the extended grapheme cluster (Unicode Standard Annex #29) that begins at `position`
  /// ends. Swift 6.3 has Unicode 17 for it, as the reference; both were compared for all scalars.
  func clusterEnd(from position: Int) -> Int {
    var (scalar, end) = scalar(at: position)
    // Most of a text, CR LF aside: two characters of ASCII.
    if scalar < 0x80, scalar != 0x0D, end < count, self[end] < 0x80 { return end }
    var recognizer = Unicode._CharacterRecognizer()
    _ = recognizer.hasBreak(before: Unicode.Scalar(scalar) ?? "\u{FFFD}")
    while end < count {
      let next: Int
      (scalar, next) = self.scalar(at: end)
      if recognizer.hasBreak(before: Unicode.Scalar(scalar) ?? "\u{FFFD}") { break }
      end = next
    }
    return end
  }

  /// Whether a scalar goes on at `position`, so that no cut is possible before it.
  func isContinuation(at position: Int) -> Bool { self[position] & 0xC0 == 0x80 }
}

/// The scalars of a text, each with where its bytes are.
struct ScalarSequence: Sequence, IteratorProtocol {
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate var position: Int

  @inline(__always)
  mutating func next() -> (value: UInt32, range: Range<Int>)? {
    guard position < bytes.count else { return nil }
    let (value, end) = bytes.scalar(at: position)
    defer { position = end }
    return (value, position..<end)
  }
}

extension [UInt8] {
  /// Appends a text without the scalars that `isGone` accepts.
  mutating func append(_ text: UnsafeRawBufferPointer, without isGone: (UInt32) -> Bool) {
    var kept = 0
    for (scalar, range) in text.scalars() where isGone(scalar) {
      append(contentsOf: UnsafeRawBufferPointer(rebasing: text[kept..<range.lowerBound]))
      kept = range.upperBound
    }
    append(contentsOf: UnsafeRawBufferPointer(rebasing: text[kept...]))
  }

  /// Adds a scalar as UTF-8.
  mutating func append(scalar: UInt32) {
    if scalar < 0x80 {
      append(UInt8(truncatingIfNeeded: scalar))
      return
    }
    if scalar < 0x800 {
      append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
    } else {
      if scalar < 0x10000 {
        append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      } else {
        append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
        append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
      }
      append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
    }
    append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
  }
}

extension [UInt32] {
  /// How many bytes these scalars have as UTF-8.
  var utf8Count: Int {
    reduce(0) { $0 + ($1 < 0x80 ? 1 : $1 < 0x800 ? 2 : $1 < 0x10000 ? 3 : 4) }
  }
}
