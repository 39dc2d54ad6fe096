/// How an attention is laid out: its heads, their size and scale, and who looks at whom.
package struct AttentionShape: Sendable {
  /// A, the heads of the queries.
  package let heads: Int
  /// A', the heads of keys and values, each of which serves `heads / keyValueHeads` of queries.
  package let keyValueHeads: Int
  /// D, the columns of a head.
  package let size: Int
  /// What products of queries and keys are multiplied by.
  package let scale: Float
  /// c, where scaled scores s become c · tanh(s/c), before anything else is done to them.
  let cap: Float?
  let mask: AttentionMask

  /// - Parameters:
  ///   - keyValueHeads: by default as many as heads of queries
  ///   - scale: 1/√D by default
  ///   - cap: above 0; such scores have no bias
  package init(
    heads: Int, keyValueHeads: Int? = nil, size: Int, scale: Float? = nil, cap: Float? = nil,
    mask: AttentionMask = .all
  ) {
    self.heads = heads
    self.keyValueHeads = keyValueHeads ?? heads
    self.size = size
    self.scale = scale ?? 1 / Float(size).squareRoot()
    (self.cap, self.mask) = (cap, mask)
    precondition(heads % self.keyValueHeads == 0, "\(heads) heads share \(self.keyValueHeads)")
  }

  /// A·D, the columns of the queries.
  package var width: Int { heads * size }
  /// A'·D, the columns of the keys, and of the values.
  package var keyValueWidth: Int { keyValueHeads * size }
  /// The columns of queries, keys and values side by side.
  package var projectedWidth: Int { width + 2 * keyValueWidth }
  /// How many heads of queries share one of keys.
  var sharing: Int { heads / keyValueHeads }

  // Multiplications that take about as long as it takes until another thread has come.
  private static let fewProducts = 1 << 19

  /// The heads that a thread takes at least, where several attend to such sequences.
  func unit(_ layout: SequenceLayout) -> Int {
    let few = Self.fewProducts / max(1, layout.rows * layout.longest * size)
    return (max(1, few) + sharing - 1) / sharing * sharing
  }
}

/// The tokens of its sequence that a token attends to: a number before it and a number after it.
package struct AttentionMask: Sendable, Equatable {
  /// `nil` for all there are.
  let before, after: Int?

  package static let all = AttentionMask(before: nil, after: nil)
  /// A token and what came before it.
  package static let causal = AttentionMask(before: nil, after: 0)

  /// Tokens at most `distance` away.
  package static func window(_ distance: Int) -> AttentionMask {
    AttentionMask(before: max(0, distance), after: max(0, distance))
  }

  /// The same, but nothing that comes later.
  package var withoutFuture: AttentionMask { AttentionMask(before: before, after: 0) }

  /// What the token at `position`, perhaps behind them, looks at of `tokens`; nothing where it sees
  /// none.
  func keys(of position: Int, tokens: Int) -> Range<Int> {
    let first = before.map { min(tokens, max(0, position - $0)) } ?? 0
    let last = after.map { $0 < tokens - position ? position + $0 + 1 : tokens } ?? tokens
    return first..<last
  }

  /// What the tokens at `positions` look at together.
  func keys(of positions: Range<Int>, tokens: Int) -> Range<Int> {
    keys(of: positions.lowerBound, tokens: tokens)
      .lowerBound..<keys(
        of: positions.upperBound - 1, tokens: tokens
      ).upperBound
  }

  /// Whether each token of a sequence of this length attends to all of it.
  func isWhole(tokens: Int) -> Bool {
    (before ?? tokens) >= tokens - 1 && (after ?? tokens) >= tokens - 1
  }

  /// How many keys beside its own position a token looks at; `nil` without a limit on both sides.
  var span: Int? { before.flatMap { before in after.map { before + $0 } } }
}
