package import ModelFiles

/// Joins pieces that continue a word to what is before them, and words with spaces. As in the
/// reference, a piece alone is cleaned up, with the space before it, not the text.
package struct WordPieceDecoder: TokenDecoder {
  private let prefix: [UInt8]
  private let cleansUp: Bool

  package init(_ json: JSON) throws {
    prefix = try json.value("prefix").bytes()
    cleansUp = try json.bool("cleanup")
  }

  init(prefix: String) { (self.prefix, cleansUp) = (Array(prefix.utf8), true) }

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    try tokens.rewrite { index, text, _, output in
      let continues = text.starts(with: prefix)
      if index > 0, !continues { output.append(0x20) }
      output += text.dropFirst(index > 0 && continues ? prefix.count : 0)
      if cleansUp { EnglishCleanup.clean(&output) }
    }
  }
}
