/// Runs of dots, which sacremoses hides as words while it looks at single ones: `...` becomes
/// ` DOTDOTDOTMULTI `. Such words in the text itself become dots too, as in the
/// reference.
enum MultipleDots {
  private static let dot = Array("DOT".utf8)
  private static let end = Array("MULTI".utf8)

  /// Each run of two dots and more becomes a word, with a space behind it unless it ends the text.
  static func hide(_ text: inout TextBuffer) {
    guard text.bytes.contains(UInt8(ascii: ".")) else { return }
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let start = position
        while position < source.count, source[position] == UInt8(ascii: ".") { position += 1 }
        let count = position - start
        guard count > 1 else {
          // A dot alone, or none.
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

  /// Each such word, or part of a word, becomes as many dots again.
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
