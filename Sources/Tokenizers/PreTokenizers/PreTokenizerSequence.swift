package import ModelFiles

/// Pre-tokenizers one after the other, each splitting what the one before left.
package struct PreTokenizerSequence: PreTokenizer {
  let parts: [any PreTokenizer]

  package init(_ json: JSON) throws {
    parts = try json.parts("pretokenizers").map(PreTokenizers.make)
  }

  package var description: String { parts.map(\.description).joined(separator: ", then ") }

  /// - Throws: if the parts together make the text too long.
  package func callAsFunction(_ preTokens: inout PreTokenizedText) throws {
    for part in parts {
      try part(&preTokens)
      try preTokens.text.growth.check()
    }
  }
}
