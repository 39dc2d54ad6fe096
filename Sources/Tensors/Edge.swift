/// The token of each text that a model makes its vector of, where it is one alone.
package enum Edge: Sendable {
  case first, last

  /// The places that are asked for, of a sequence of so many tokens: all where no edge is named.
  static func places(_ edge: Edge?, tokens: Int) -> Range<Int> {
    switch edge {
    case nil: 0..<tokens
    case .first: 0..<min(1, tokens)
    case .last: max(0, tokens - 1)..<tokens
    }
  }
}

extension SequenceLayout {
  /// The layout of one row of each sequence that has any; the same where no edge is named.
  package func keeping(_ edge: Edge?) -> SequenceLayout {
    edge == nil ? self : SequenceLayout(lengths: (0..<count).map { min(1, self[$0].count) })
  }
}

extension Tensor {
  /// One row of each sequence.
  /// - Shapes: `[N, H]` → rows as `layout.keeping(edge)` has them
  package func keeping(_ edge: Edge, of layout: SequenceLayout) -> Tensor {
    let kept = layout.keeping(edge)
    return Tensor([kept.rows, columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for sequence in 0..<layout.count {
          guard let source = edge == .first ? layout[sequence].first : layout[sequence].last,
            let target = kept[sequence].first
          else { continue }
          (out + target * columns).update(from: x + source * columns, count: columns)
        }
      }
    }
  }
}
