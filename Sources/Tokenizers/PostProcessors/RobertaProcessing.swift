package import ModelFiles

/// `<s>` before the text and `</s>` after it, all in segment 0, as RoBERTa has no other.
package struct RobertaProcessing: PostProcessor {
  private let tokens: SurroundingTokens

  package init(_ json: JSON) throws {
    tokens = try SurroundingTokens(json)
    // Required, though they are about offsets.
    _ = try json.bool("trim_offsets")
    _ = try json.bool("add_prefix_space")
  }

  package var description: String { "RobertaProcessing: \(tokens.first) text \(tokens.last)" }

  package var addedIDs: [Int32] { [tokens.first, tokens.last] }

  package func callAsFunction(_ encoding: inout Encoding, withSpecials: Bool) {
    encoding.segments = [Int32](repeating: 0, count: encoding.ids.count)
    if withSpecials { tokens(&encoding) }
  }
}
