@testable import Tokenizers

extension Pattern {
  /// Matches a text that nothing was spent on before.
  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws -> Void
  ) throws {
    var effort = Effort()
    effort.add(text.count)
    try forEachMatch(in: text, &effort, body)
  }
}

extension RegexPattern {
  /// Matches a text that nothing was spent on before.
  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws -> Void
  ) throws {
    var effort = Effort()
    effort.add(text.count)
    try forEachMatch(in: text, &effort, body)
  }
}
