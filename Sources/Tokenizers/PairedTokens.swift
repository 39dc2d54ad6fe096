extension Tokenizer {
  /// The tokens of two texts as a pair, the longer text cut first, and how many tokens each lost.
  /// - Parameters:
  ///   - first: all tokens of the first text, without special ones, as of the second
  ///   - limit: the most tokens of both, special ones included
  /// - Throws: where the limit leaves no room for text, or tokenizer.json does not say how two texts go
  ///   together
  package func paired(
    _ first: [Int32], _ second: [Int32], limit: Int?
  ) throws -> (encoding: Encoding, lost: (first: Int, second: Int)) {
    let specials = try postProcessor?.addedIDs(toPair: true).count ?? 0
    let truncation = try Truncation(
      limit: limit, specials: specials, direction: truncationDirection)
    var (kept, other) = (first, second)
    let truncated = try truncation(&kept, &other, .longestFirst)
    var texts = EncodedTexts(
      first: Encoding(ids: kept, truncated: truncated.first),
      second: Encoding(ids: other, segment: 1, truncated: truncated.second))
    postProcessor?(&texts, withSpecials: true)
    return (texts.joined, (first.count - kept.count, second.count - other.count))
  }
}
