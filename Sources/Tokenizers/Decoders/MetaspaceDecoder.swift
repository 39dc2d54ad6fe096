package import ModelFiles

/// Makes spaces of `▁`, or of another character; in the first token none, unless texts never got
/// one in front.
package struct MetaspaceDecoder: TokenDecoder {
  private let replacement: [UInt8]
  private let dropsFirst: Bool

  package init(_ json: JSON) throws {
    let encoder = try Metaspace(json)
    (replacement, dropsFirst) = (encoder.replacement, encoder.prependsSometimes)
  }

  /// SentencePiece's `▁`.
  init() { (replacement, dropsFirst) = (Array("▁".utf8), true) }

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    try tokens.rewrite { index, text, _, output in
      for (_, range) in text.scalars() {
        let character = text[range]
        if !character.elementsEqual(replacement) {
          output += character
        } else if index > 0 || !dropsFirst {
          output.append(0x20)
        }
      }
    }
  }
}
