package import ModelFiles

/// `[CLS]` before the text and `[SEP]` after it; of a pair, another `[SEP]` after the second text.
package struct BertProcessing: PostProcessor {
  private let tokens: ClassificationTokens

  package init(_ json: JSON) throws { tokens = try ClassificationTokens(json) }

  package var description: String { "BertProcessing: \(tokens.cls) text \(tokens.sep)" }

  package func addedIDs(toPair isPair: Bool) -> [Int32] {
    [tokens.cls, tokens.sep] + (isPair ? [tokens.sep] : [])
  }

  package func callAsFunction(_ texts: inout EncodedTexts, withSpecials: Bool) {
    guard withSpecials else { return }
    texts.first.surround(tokens.cls, tokens.sep)
    texts.second?.append([tokens.sep], segment: 1)
  }
}
