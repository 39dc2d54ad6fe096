package import ModelFiles

/// Splits at what a pattern matches.
package struct Split: PreTokenizer {
  private let pattern: Pattern
  private let behavior: SplitBehavior
  private let invert: Bool

  package init(_ json: JSON) throws {
    pattern = try Pattern(json.object("pattern"))
    behavior = try SplitBehavior(json.value("behavior"))
    invert = try json.bool("invert")
  }

  package var description: String {
    "Split at \(invert ? "all but " : "")\(pattern), \(behavior.rawValue)"
  }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) throws {
    var budget = preTokens.text.regexBudget
    try preTokens.split(behavior, invert: invert) { bytes, body in
      try pattern.forEachMatch(in: bytes, &budget, body)
    }
    preTokens.text.regexBudget = budget
  }
}
