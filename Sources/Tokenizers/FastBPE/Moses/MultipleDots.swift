/// Replaces runs of dots by words while single dots are processed, as sacremoses does: `...`
/// becomes ` DOTDOTDOTMULTI `. If the text itself contains such a word, it becomes dots too.
enum MultipleDots {
  private static let dot = Array("DOT".utf8)
  private static let end = Array("MULTI".utf8)

  /// Replaces each run of two or more dots by a word, and a space after it unless the text ends.
  static func hide(_ text: inout TextBuffer) {
    guard text.bytes.contains(UInt8(ascii: ".")) else { return }
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let start = position
        while position < source.count, source[position] == UInt8(ascii: ".") { position += 1 }
        let count = position - start
        guard count > 1 else {
          // A single dot, or no dot.
          if count == 0 { position += 1 }
          output.append(source[start])
          continue
        }
        output.append(0x20)
        for _ in 0..<count { output.append(contentsOf: dot) }
        output.append(contentsOf: end)
        if position < source.count { output.append(0x20) }
      }
    }
  }

  /// Replaces each such word, also inside a longer word, by the dots it was made from.
  static func restore(_ text: inout TextBuffer) {
    guard text.bytes.contains(UInt8(ascii: "M")) else { return }
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let start = position
        while source[position...].starts(with: dot) { position += dot.count }
        let count = (position - start) / dot.count
        if count > 0, source[position...].starts(with: end) {
          output.append(contentsOf: repeatElement(UInt8(ascii: "."), count: count))
          position += end.count
        } else {
          position = max(position, start + 1)
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start..<position]))
        }
      }
    }
  }
}
