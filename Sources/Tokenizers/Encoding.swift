/// A text as token ids.
package struct Encoding: Sendable, Equatable {
  package var ids: [Int32]
  /// The segment (`token_type_ids`) of each token.
  package var segments: [Int32]
  /// Whether tokens of the text were left out for want of room.
  package var truncated: Bool

  /// All tokens of the text, special ones included; nil if it was cut, because the words that come
  /// after the cut are never looked up.
  package var fullCount: Int? { truncated ? nil : ids.count }
}

extension Encoding {
  /// Tokens of the first segment, 0.
  package init(ids: [Int32], truncated: Bool = false) {
    self.init(
      ids: ids, segments: [Int32](repeating: 0, count: ids.count), truncated: truncated)
  }
}
