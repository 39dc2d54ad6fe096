/// A text as token ids.
package struct Encoding: Sendable, Equatable {
  package var ids: [Int32]
  /// The segment (`token_type_ids`) of each token.
  package var segments: [Int32]
  /// Whether tokens of the text were cut off to fit a limit.
  package var truncated: Bool
  /// How many tokens at its end look at the others and are looked at by none: those that fill up a
  /// query.
  package var hidden = 0
}

extension Encoding {
  /// Tokens of one segment.
  package init(ids: [Int32], segment: Int32 = 0, truncated: Bool = false) {
    self.init(
      ids: ids, segments: [Int32](repeating: segment, count: ids.count), truncated: truncated)
  }

  mutating func append(_ more: [Int32], segment: Int32) {
    ids += more
    segments += repeatElement(segment, count: more.count)
  }

  /// Puts tokens of segment 0 around these.
  mutating func surround(_ before: Int32, _ after: Int32) {
    ids = [before] + ids + [after]
    segments = [0] + segments + [0]
  }
}

/// A text, or a text and the one that it is paired with, on their way through a post-processor.
package struct EncodedTexts: Sendable {
  package var first: Encoding
  package var second: Encoding?

  /// The second text's tokens, if there is one, behind the first's.
  package var joined: Encoding {
    guard let second else { return first }
    return Encoding(
      ids: first.ids + second.ids, segments: first.segments + second.segments,
      truncated: first.truncated || second.truncated)
  }
}
