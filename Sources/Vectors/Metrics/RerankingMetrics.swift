import Glibc

/// How good the order of one query's documents is, as `CrossEncoderRerankingEvaluator` of
/// sentence-transformers 6.2.0 measures it: average precision, reciprocal rank, NDCG.
package struct RerankingMetrics: Sendable, Equatable {
  package let map, mrr, ndcg: Double

  /// Of a query whose relevant documents are all missing.
  package static let nothing = RerankingMetrics(map: 0, mrr: 0, ndcg: 0)

  /// Names and values, in the reference's order.
  package func named(depth: Int) -> [(name: String, value: Double)] {
    [("map", map), ("mrr@\(depth)", mrr), ("ndcg@\(depth)", ndcg)]
  }

  private init(map: Double, mrr: Double, ndcg: Double) {
    (self.map, self.mrr, self.ndcg) = (map, mrr, ndcg)
  }

  /// - Parameters:
  ///   - scores: finite, one for each document
  ///   - depth: how many of the best count for `mrr` and `ndcg`, at least 1
  package init(_ scores: [Float], areRelevant: [Bool], depth: Int) {
    precondition(scores.count == areRelevant.count && depth > 0)
    let relevant = areRelevant.count { $0 }
    guard relevant > 0 else {
      self = .nothing
      return
    }
    let groups = ScoreGroup.list(scores, areRelevant)
    map = ScoreGroup.averagePrecision(groups)
    mrr = Self.reciprocalRank(scores, areRelevant, depth)
    let ideal = (1...min(depth, relevant)).reduce(0.0) { $0 + Self.discount($1) }
    ndcg = Self.gain(groups, depth) / ideal
  }

  /// The mean over queries, of which there must be one.
  package static func mean(_ queries: [RerankingMetrics]) -> RerankingMetrics {
    func mean(_ value: KeyPath<RerankingMetrics, Double>) -> Double {
      queries.reduce(0.0) { $0 + $1[keyPath: value] } / Double(queries.count)
    }
    return RerankingMetrics(map: mean(\.map), mrr: mean(\.mrr), ndcg: mean(\.ndcg))
  }

  /// 1 / the rank of the first relevant document. Among equal scores the later document is first, as
  /// the reference turns around what a stable `argsort` gives; numpy's own may order them otherwise.
  private static func reciprocalRank(
    _ scores: [Float], _ areRelevant: [Bool], _ depth: Int
  ) -> Double {
    let order = scores.indices.sorted { (scores[$0], $0) > (scores[$1], $1) }
    let rank = order.prefix(depth).firstIndex { areRelevant[$0] }
    return rank.map { 1 / Double($0 + 1) } ?? 0
  }

  private static func discount(_ rank: Int) -> Double { 1 / log2(Double(rank + 1)) }

  /// The ranks of equal scores share what is relevant among them, as in scikit-learn.
  private static func gain(_ groups: [ScoreGroup], _ depth: Int) -> Double {
    var (sum, before) = (0.0, (positives: 0, count: 0))
    for group in groups where before.count < depth {
      let count = group.positives + group.negatives
      let share = Double(group.positives - before.positives) / Double(count - before.count)
      for rank in before.count + 1...min(count, depth) { sum += share * discount(rank) }
      before = (group.positives, count)
    }
    return sum
  }
}

/// What is reranked for one query, and how good the order was before.
package struct RerankingSample: Sendable {
  package let documents: [[UInt8]]
  package let areRelevant: [Bool]
  /// `nil` where the documents came in no order.
  package let base: RerankingMetrics?

  /// Documents that are known to be relevant, and others.
  package init(positive: [[UInt8]], negative: [[UInt8]]) {
    documents = positive + negative
    areRelevant = positive.map { _ in true } + negative.map { _ in false }
    base = nil
  }

  /// Documents as an earlier stage ranked them.
  /// - Parameter addsPositives: whether relevant ones are reranked that are not among them; they
  ///   count for the base in any case, behind all others
  package init(
    positive: [[UInt8]], ranked: [[UInt8]], addsPositives: Bool = true, depth: Int
  ) {
    let known = Set(positive)
    let found = ranked.map(known.contains)
    let count = found.count { $0 }
    if count == 0 {
      base = .nothing
    } else {
      let all = found + [Bool](repeating: true, count: max(0, positive.count - count))
      base = RerankingMetrics(
        all.indices.map { Float(all.count - $0) }, areRelevant: all, depth: depth)
    }
    guard addsPositives else {
      (documents, areRelevant) = (ranked, found)
      return
    }
    let others = ranked.filter { !known.contains($0) }
    documents = positive + others
    areRelevant = positive.map { _ in true } + others.map { _ in false }
  }
}
