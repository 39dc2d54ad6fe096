import ModelFiles

/// The rules of a SentencePiece normalizer: texts, in a double array (Darts), and what they become.
///
/// A blob is the bytes of the array as a 32-bit number, the array's 32-bit units, and after them
/// strings, each up to a 0.
struct Charsmap: Sendable {
  private let units: [UInt32]
  private let strings: [UInt8]

  /// Reads a blob in Base64.
  /// - Throws: unless every step that any text can take stays within the blob.
  init(_ json: JSON) throws {
    guard let blob = try json.withUTF8(base64Decoded) else {
      throw FileError("\(json.place) should be Base64")
    }
    let fault = FileError("\(json.place) is damaged; download the file again")
    let words = blob.withUnsafeBytes { blob in
      (0..<blob.count / 4).map {
        UInt32(littleEndian: blob.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self))
      }
    }
    guard let size = words.first, Int(size) / 4 < words.count else { throw fault }
    let unitCount = Int(size) / 4
    units = Array(words[1..<1 + unitCount])
    strings = Array(blob[(4 + unitCount * 4)...])
    guard strings.withUnsafeBytes(firstInvalidUTF8) == nil, isSound() else { throw fault }
  }

  /// Where in `strings` the replacement of the shortest rule that matches the start of `text` lies;
  /// nil without such a rule. The reference finds all matching rules and takes the first.
  func rule(_ text: UnsafeRawBufferPointer) -> Range<Int>? {
    var position = Self.offset(units[0])
    for byte in text {
      if byte == 0 { return nil }
      position ^= Int(byte)
      let unit = units[position]
      guard Self.label(unit) == UInt32(byte) else { return nil }
      position ^= Self.offset(unit)
      if Self.hasValue(unit) {
        let start = Self.value(units[position])
        return start..<(strings[start...].firstIndex(of: 0) ?? strings.count)
      }
    }
    return nil
  }

  /// Passes the replacement of a rule to `body`.
  func withString<R>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    strings.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  // The bits of a unit, as Darts-clone lays them out.
  private static func label(_ unit: UInt32) -> UInt32 { unit & 0x8000_00FF }

  private static func hasValue(_ unit: UInt32) -> Bool { unit & 0x100 != 0 }

  private static func value(_ unit: UInt32) -> Int { Int(unit & 0x7FFF_FFFF) }

  private static func offset(_ unit: UInt32) -> Int {
    Int(unit >> 10) << Int((unit & 0x200) >> 6)
  }

  /// Whether all units that can be reached from the first lead to units and strings that exist.
  private func isSound() -> Bool {
    guard !units.isEmpty else { return false }
    var isReached = [Bool](repeating: false, count: units.count)
    // No text ends at the first, unless it is some other's child as well.
    var waiting = [(node: 0, mayEnd: false)]
    while let (node, mayEnd) = waiting.popLast() {
      let base = node ^ Self.offset(units[node])
      guard base | 0xFF < units.count, !mayEnd || isValueSound(units[node], base) else {
        return false
      }
      for byte in 1...255 where !isReached[base ^ byte] {
        guard Self.label(units[base ^ byte]) == UInt32(byte) else { continue }
        isReached[base ^ byte] = true
        waiting.append((base ^ byte, true))
      }
    }
    return true
  }

  /// Whether the string that a unit names, if it does, begins between characters.
  private func isValueSound(_ unit: UInt32, _ base: Int) -> Bool {
    guard Self.hasValue(unit) else { return true }
    let start = Self.value(units[base])
    return start == strings.count || start < strings.count && strings[start] & 0xC0 != 0x80
  }
}
