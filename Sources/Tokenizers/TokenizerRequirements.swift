/// What the tokens of a text, or of a pair of texts, ask of a model.
package struct TokenizerRequirements: Sendable {
  /// How many tokens are added.
  package let specialCount: Int
  /// The largest id and 1: the embedding table should have as many rows at least.
  package let vocabularyCount: Int
  /// The largest segment and 1: the segment table should have as many rows at least.
  package let segmentCount: Int

  /// - Parameter largestID: the largest id of a text's own tokens.
  init(_ postProcessor: (any PostProcessor)?, isPair: Bool, largestID: Int32) throws {
    let added = try postProcessor?.addedIDs(toPair: isPair) ?? []
    var probe = EncodedTexts(
      first: Encoding(ids: [0]), second: isPair ? Encoding(ids: [0], segment: 1) : nil)
    postProcessor?(&probe, withSpecials: true)
    specialCount = added.count
    vocabularyCount = Int(max(largestID, added.max() ?? -1)) + 1
    segmentCount = Int(probe.joined.segments.max() ?? 0) + 1
  }
}
