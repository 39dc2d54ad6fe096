/// A piece of a template's source.
struct JinjaToken: Sendable {
  enum Kind: Equatable, Sendable {
    /// Text outside of tags, without the whitespace that the tags beside it take.
    case data([UInt8])
    case expressionStart, expressionEnd, tagStart, tagEnd
    case name(String)
    case text([UInt8])
    case int(Int)
    case float(Double)
    case symbol(String)
    case end
  }

  let line: Int
  let kind: Kind

  /// The token in words.
  var found: String {
    switch kind {
    case .data: "text"
    case .expressionStart: "`{{`"
    case .expressionEnd: "`}}`"
    case .tagStart: "`{%`"
    case .tagEnd: "`%}`"
    case .name(let name): "`\(name.prefix(40))`"
    case .text: "a string"
    case .int(let value): "`\(value)`"
    case .float(let value): "`\(value)`"
    case .symbol(let symbol): "`\(symbol)`"
    case .end: "the end of the template"
    }
  }
}
