/// Which tokens of its sequence a token looks at: so many before it and so many after it.
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

  /// What the token at `position` looks at, of `tokens`.
  func keys(of position: Int, tokens: Int) -> Range<Int> {
    let first = before.map { max(0, position - $0) } ?? 0
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

  /// Whether every token of so many looks at all of them.
  func isWhole(tokens: Int) -> Bool {
    (before ?? tokens) >= tokens - 1 && (after ?? tokens) >= tokens - 1
  }

  /// How many keys beside its own position a token looks at; `nil` without a limit on both sides.
  var span: Int? { before.flatMap { before in after.map { before + $0 } } }
}
