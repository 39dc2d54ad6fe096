package import ModelFiles

/// Replaces each match of a pattern in each token.
package struct ReplaceDecoder: TokenDecoder {
  private let pattern: Pattern
  private let content: [UInt8]

  package init(_ json: JSON) throws {
    pattern = try Pattern(json.object("pattern"))
    content = try json.value("content").bytes()
  }

  init(_ literal: String, with content: String) throws {
    (pattern, self.content) = (try Pattern(literal: literal), Array(content.utf8))
  }

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    try tokens.rewrite { _, text, budget, output in
      try pattern.replace(in: text, with: content, &budget, to: &output)
    }
  }
}
