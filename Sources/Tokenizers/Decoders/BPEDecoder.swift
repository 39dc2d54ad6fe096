package import ModelFiles

/// Makes spaces of the suffix of words, and nothing of it in the last token.
package struct BPEDecoder: TokenDecoder {
  private let suffix: Pattern

  package init(_ json: JSON) throws { try self.init(suffix: json.string("suffix")) }

  init(suffix: String) throws { self.suffix = try Pattern(literal: suffix) }

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    let last = tokens.list.count - 1
    try tokens.rewrite { index, text, budget, output in
      try suffix.replace(in: text, with: index == last ? [] : [0x20], &budget, to: &output)
    }
  }
}
