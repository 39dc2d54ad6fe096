/// How several searches for one query become one list. A row that one of them did not find gets
/// nothing from it.
package enum RankFusion: String, CaseIterable, Sendable {
  /// Reciprocal ranks: Σ 1 / (60 + rank), ranks counted from 1 (Cormack, Clarke and Büttcher, 2009).
  case rrf
  /// Σ of scores, each list's stretched to [0, 1] first, which makes different models' comparable; a
  /// list of equal scores has ones. OpenSearch's `min_max` and Weaviate's relative scores do so too.
  case sum

  // The paper's constant, which engines kept.
  private static let constant: Float = 60

  /// The best rows of all lists, the best first, equal ones in the order of rows.
  /// - Parameter lists: the hits of each search, the best first; a row is in each once at most
  package func callAsFunction(_ lists: [[Hit]], count: Int) -> [Hit] {
    var scores: [Int: Float] = [:]
    for list in lists {
      let (low, high) = (list.last?.score ?? 0, list.first?.score ?? 0)
      for (index, hit) in list.enumerated() {
        let share: Float =
          switch self {
          case .rrf: 1 / (Self.constant + Float(index + 1))
          case .sum: high > low ? (hit.score - low) / (high - low) : 1
          }
        scores[hit.row, default: 0] += share
      }
    }
    return Array(scores.map { Hit(row: $0.key, score: $0.value) }.sorted(by: >).prefix(count))
  }
}
