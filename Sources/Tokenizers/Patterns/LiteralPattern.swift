/// A string that is looked for as it is.
struct LiteralPattern: Sendable {
  private let bytes: [UInt8]
  /// Finds long strings, which trying at each position could take too long for.
  private let automaton: PatternAutomaton?

  /// Strings up to this many bytes are compared at each position.
  private static let short = 16

  /// - Parameter literal: not empty.
  init(_ literal: String) throws {
    bytes = Array(literal.utf8)
    automaton = bytes.count > Self.short ? try PatternAutomaton([bytes]) : nil
  }

  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws -> Void
  ) rethrows {
    if let automaton {
      for match in automaton.matches(in: text) { try body(match.range) }
      return
    }
    let first = bytes[0]
    var position = 0
    while position <= text.count - bytes.count {
      if text[position] == first, text[position...].starts(with: bytes) {
        try body(position..<position + bytes.count)
        position += bytes.count
      } else {
        position += 1
      }
    }
  }
}
