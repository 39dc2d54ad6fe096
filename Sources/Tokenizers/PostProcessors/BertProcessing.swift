package import ModelFiles

/// `[CLS]` before the text and `[SEP]` after it.
package struct BertProcessing: PostProcessor {
  private let tokens: SurroundingTokens

  package init(_ json: JSON) throws { tokens = try SurroundingTokens(json) }

  package var description: String { "BertProcessing: \(tokens.first) text \(tokens.last)" }

  package var addedIDs: [Int32] { [tokens.first, tokens.last] }

  package func callAsFunction(_ encoding: inout Encoding, withSpecials: Bool) {
    if withSpecials { tokens(&encoding) }
  }
}
