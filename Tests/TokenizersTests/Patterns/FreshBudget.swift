@testable import Tokenizers

extension RegexBudget {
  /// The budget of a text that nothing was spent on before.
  fileprivate static func fresh(for text: UnsafeRawBufferPointer) -> RegexBudget {
    var budget = RegexBudget()
    budget.add(text.count)
    return budget
  }
}

extension Pattern {
  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws -> Void
  ) throws {
    var budget = RegexBudget.fresh(for: text)
    try forEachMatch(in: text, &budget, body)
  }
}

extension RegexPattern {
  func forEachMatch(
    in text: UnsafeRawBufferPointer, _ body: (Range<Int>) throws -> Void
  ) throws {
    var budget = RegexBudget.fresh(for: text)
    try forEachMatch(in: text, &budget, body)
  }
}
