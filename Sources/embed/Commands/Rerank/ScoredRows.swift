import Embeddings
import ModelFiles

/// Rows with the scores of their pairs, in their order.
struct ScoredRows: Sendable {
  let rows: [InputRow]
  /// `nil` for a row that is a problem.
  let scores: [PairScore?]
  /// What ends the run behind these rows.
  let problem: RowProblem?

  /// - Parameters:
  ///   - stops: whether the first row that has no score ends the run
  ///   - pair: what is scored, of a row's fields
  init(
    _ rows: [InputRow], _ scorer: PairScorer, stops: Bool, pair: ([[UInt8]]) -> TextPair
  ) throws {
    var (rows, problem) = (rows, RowProblem?.none)
    func stop(at index: Int) {
      problem = rows[index].problem
      rows.removeSubrange(index...)
    }
    if stops, let first = rows.firstIndex(where: { $0.problem != nil }) { stop(at: first) }
    let readable = rows.indices.filter { rows[$0].problem == nil }
    let results = try scorer(readable.compactMap { (try? rows[$0].fields.get()).map(pair) })
    var scores = [PairScore?](repeating: nil, count: rows.count)
    for (index, result) in zip(readable, results) {
      switch result {
      case .success(let score): scores[index] = score
      case .failure(let error): rows[index] = rows[index].failing(error.description)
      }
    }
    if stops, let first = rows.firstIndex(where: { $0.problem != nil }) { stop(at: first) }
    (self.rows, self.scores, self.problem) = (rows, Array(scores.prefix(rows.count)), problem)
  }
}

extension ReservedFields {
  /// Those of a ranking, as people know them.
  var names: [String] {
    let all: [(ReservedFields, String)] = [
      (.rank, "query or rank"), (.row, "row"), (.score, "score"), (.label, "label"),
      (.logits, "logits"), (.tokens, "tokens or truncated"),
    ]
    return all.filter { contains($0.0) }.map(\.1)
  }
}
