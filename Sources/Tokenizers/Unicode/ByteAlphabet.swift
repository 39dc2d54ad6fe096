/// GPT-2's alphabet: a visible scalar for each byte, so that no text is unknown.
struct ByteAlphabet: Sendable {
  static let standard = Self()

  /// The scalar of each byte as UTF-8: the first byte below, the second, or 0, above.
  private let codes: [UInt16]

  private init() {
    var free: UInt32 = 0x100
    codes = (0...255).map { (byte: UInt32) in
      let isVisible = 0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || 0xAE...0xFF ~= byte
      let scalar = isVisible ? byte : free
      if !isVisible { free += 1 }
      guard scalar >= 0x80 else { return UInt16(scalar) }
      return UInt16(0xC0 | scalar >> 6) | UInt16(0x80 | scalar & 0x3F) << 8
    }
  }

  /// Appends the scalar of each byte of `text`.
  func append(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) {
    let step = min(text.count, 4_096)
    codes.withUnsafeBufferPointer { codes in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * step) { room in
        var start = 0
        while start < text.count {
          let end = min(start + step, text.count)
          var count = 0
          for index in start..<end {
            let code = codes[Int(text[index])]
            room[count] = UInt8(truncatingIfNeeded: code)
            count += 1
            if code > 0xFF {
              room[count] = UInt8(truncatingIfNeeded: code >> 8)
              count += 1
            }
          }
          output.append(contentsOf: UnsafeBufferPointer(rebasing: room[..<count]))
          start = end
        }
      }
    }
  }
}
