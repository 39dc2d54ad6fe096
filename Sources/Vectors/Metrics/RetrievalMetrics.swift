import Glibc

/// The hits of one query, the best first: whether each is relevant, and the number of relevant
/// documents.
package struct RankedHits: Sendable {
  package let areRelevant: [Bool]
  package let relevant: Int

  /// - Parameter relevant: at least 1
  package init(areRelevant: [Bool], relevant: Int) {
    precondition(relevant > 0, "a query without relevant documents says nothing")
    (self.areRelevant, self.relevant) = (areRelevant, relevant)
  }
}

/// How good a search is, as `InformationRetrievalEvaluator` of sentence-transformers 6.2.0 measures
/// it: the mean over queries.
package enum RetrievalMetric: String, CaseIterable, Sendable {
  case accuracy, precision, recall, ndcg, mrr, map

  /// The numbers of hits that count by default.
  package var standardDepths: [Int] {
    switch self {
    case .accuracy, .precision, .recall: [1, 3, 5, 10]
    case .ndcg, .mrr: [10]
    case .map: [100]
    }
  }

  /// The mean over the queries, of which there must be one, from their first `depth` hits.
  package func callAsFunction(_ queries: [RankedHits], at depth: Int) -> Double {
    queries.reduce(0.0) { $0 + value($1, depth) } / Double(queries.count)
  }

  private func value(_ query: RankedHits, _ depth: Int) -> Double {
    let hits = query.areRelevant.prefix(depth)
    let found = Double(hits.count { $0 })
    return switch self {
    case .accuracy: found > 0 ? 1 : 0
    case .precision: found / Double(depth)
    case .recall: found / Double(query.relevant)
    case .mrr: hits.firstIndex(of: true).map { 1 / Double($0 + 1) } ?? 0
    case .ndcg:
      Self.gain(Array(hits))
        / Self.gain([Bool](repeating: true, count: min(depth, query.relevant)))
    case .map: Self.precisions(hits) / Double(min(depth, query.relevant))
    }
  }

  /// Each relevant hit counts 1 / log₂(rank + 1).
  private static func gain(_ hits: [Bool]) -> Double {
    hits.enumerated().reduce(0.0) { $0 + ($1.element ? 1 / log2(Double($1.offset + 2)) : 0) }
  }

  /// The precision up to each relevant hit, summed.
  private static func precisions(_ hits: ArraySlice<Bool>) -> Double {
    var found = 0.0
    return hits.enumerated().reduce(0.0) { sum, hit in
      guard hit.element else { return sum }
      found += 1
      return sum + found / Double(hit.offset + 1)
    }
  }
}
