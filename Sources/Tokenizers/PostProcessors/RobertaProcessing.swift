package import ModelFiles

/// `<s>` before the text and `</s>` after it; of a pair, `</s>` on both sides of the second text.
/// All are in segment 0, as RoBERTa has no other.
package struct RobertaProcessing: PostProcessor {
  private let tokens: ClassificationTokens
  /// Whether the spaces at its ends are no part of what a token stands for.
  let trimsSpaces: Bool

  package init(_ json: JSON) throws {
    tokens = try ClassificationTokens(json)
    trimsSpaces = try json.bool("trim_offsets")
    // Required, though it is about the reference's offsets.
    _ = try json.bool("add_prefix_space")
  }

  package var description: String { "RobertaProcessing: \(tokens.cls) text \(tokens.sep)" }

  package func addedIDs(toPair isPair: Bool) -> [Int32] {
    [tokens.cls, tokens.sep] + (isPair ? [tokens.sep, tokens.sep] : [])
  }

  package func callAsFunction(_ texts: inout EncodedTexts, withSpecials: Bool) {
    texts.first = Encoding(ids: texts.first.ids, truncated: texts.first.truncated)
    texts.second = texts.second.map { Encoding(ids: $0.ids, truncated: $0.truncated) }
    guard withSpecials else { return }
    texts.first.surround(tokens.cls, tokens.sep)
    texts.second?.surround(tokens.sep, tokens.sep)
  }
}
