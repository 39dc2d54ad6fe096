@testable import Tokenizers

extension Pattern {
  /// Matches a text that nothing was spent on before.
  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws -> Void
  ) throws {
    var budget = RegexBudget()
    budget.add(text.count)
    try forEachMatch(in: text, &budget, body)
  }
}

extension RegexPattern {
  /// Matches a text that nothing was spent on before.
  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws -> Void
  ) throws {
    var budget = RegexBudget()
    budget.add(text.count)
    try forEachMatch(in: text, &budget, body)
  }
}
