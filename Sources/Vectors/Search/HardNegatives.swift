/// Which of the rows near a query become its hard negatives: near, and yet no positives. They are
/// those of `mine_hard_negatives` of sentence-transformers 6.2.0; where that draws them, the draw is
/// our own, and the same for a seed everywhere.
package struct HardNegatives: Sendable {
  /// The ranks that negatives may have among the rows that are left, the best of which has rank 0.
  private let ranks: Range<Int>
  private let count: Int
  private let limits: NegativeLimits
  private let keepsPositives: Bool
  private var generator: SplitMix64?
  /// How many candidates each limit left out so far, by the first that did.
  package private(set) var leftOut: [NegativeLimits.Limit: Int] = [:]

  /// - Parameters:
  ///   - count: how many negatives a query gets at most
  ///   - keepsPositives: whether a query's positives are among its candidates
  ///   - seed: of the numbers that negatives are drawn by; without one the best are taken
  package init(
    ranks: Range<Int>, count: Int, limits: NegativeLimits, keepsPositives: Bool = false,
    seed: UInt64? = nil
  ) {
    (self.ranks, self.count, self.limits) = (ranks, count, limits)
    self.keepsPositives = keepsPositives
    generator = seed.map { SplitMix64(state: $0) }
  }

  /// The negatives of the next query, the best first, equal ones in the order of rows.
  /// - Parameters:
  ///   - candidates: the rows nearest to it, each once
  ///   - positives: all of them, with scores of the same kind; the lowest is what margins are from
  package mutating func callAsFunction(among candidates: [Hit], positives: [Hit]) -> [Hit] {
    let lowest = positives.map(\.score).min() ?? .infinity
    let excluded = keepsPositives ? [] : Set(positives.map(\.row))
    let allowed = candidates.filter { hit in
      guard !excluded.contains(hit.row) else { return false }
      guard let limit = limits.broken(by: hit.score, positive: lowest) else { return true }
      leftOut[limit, default: 0] += 1
      return false
    }
    let window = allowed.sorted(by: >).dropFirst(ranks.lowerBound).prefix(ranks.count)
    return generator == nil ? Array(window.prefix(count)) : drawn(from: window)
  }

  /// `count` of the rows in their order, all choices being equally likely (selection sampling: Fan,
  /// Muller and Rezucha, 1962).
  private mutating func drawn(from window: ArraySlice<Hit>) -> [Hit] {
    var (left, wanted) = (window.count, count)
    return window.filter { _ in
      defer { left -= 1 }
      guard let number = generator?.unit(), number * Double(left) < Double(wanted) else {
        return false
      }
      wanted -= 1
      return true
    }
  }
}

/// What the score of a hard negative may be, beside that of a positive.
package struct NegativeLimits: Sendable {
  package enum Limit: Sendable { case absoluteMargin, relativeMargin, highest, lowest }

  /// How far below the positive a negative is at least; `nil`, as in the others, for anything.
  package var absoluteMargin: Float?
  /// The same as a share of the positive's magnitude.
  package var relativeMargin: Float?
  package var highest: Float?
  package var lowest: Float?

  package init() {}

  /// The first limit that a negative of this score would break.
  func broken(by score: Float, positive: Float) -> Limit? {
    if let absoluteMargin, score + absoluteMargin > positive { return .absoluteMargin }
    if let relativeMargin, score > positive - positive.magnitude * relativeMargin {
      return .relativeMargin
    }
    if let highest, score > highest { return .highest }
    if let lowest, score < lowest { return .lowest }
    return nil
  }
}
