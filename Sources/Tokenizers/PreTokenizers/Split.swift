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

  package func callAsFunction(_ pieces: inout Pieces) throws {
    var effort = pieces.text.effort
    try pieces.split(behavior, invert: invert) { bytes, body in
      try pattern.forEachMatch(in: bytes, &effort, body)
    }
    pieces.text.effort = effort
  }
}
