package import Tensors

/// Token ids of several sequences, as an encoder takes them.
package struct TokenBatch: Sendable {
  /// N token ids and N segment (token type) ids; 0 in rows that are nobody's.
  package let ids, segments: [Int32]
  package let layout: SequenceLayout
  /// Whether the tokenizer gives segments at all; where it does not, they are 0.
  package let hasSegments: Bool

  /// - Parameter sequences: ids and segments, equally many, of each text
  package init(_ sequences: [(ids: [Int32], segments: [Int32])], hasSegments: Bool = true) {
    layout = SequenceLayout(lengths: sequences.map(\.ids.count))
    ids = layout.perRow { sequences[$0].ids[$1] }
    segments = layout.perRow { sequences[$0].segments[$1] }
    self.hasSegments = hasSegments
  }
}
