import ModelFiles
import Tensors

/// Scores hits of a search over fewer bits again, by the vectors in float32.
package struct Rescoring: Sendable {
  private let corpus: Tensor
  private let metric: Similarity
  private let name: String
  private let threads: Int

  /// - Parameters:
  ///   - corpus: the rows that were searched, in float32
  ///   - name: theirs in errors
  package init(_ corpus: Matrix, by metric: Similarity, name: String, threads: Int) {
    (self.corpus, self.metric, self.name) = (corpus.tensor, metric, name)
    self.threads = threads
  }

  /// The best of each query's hits with the scores that `Similarity` gives, in their order.
  /// - Parameters:
  ///   - found: some for each query
  ///   - count: how many stay
  ///   - floor: the lowest score that stays
  /// - Throws: for a row that is not finite
  package func callAsFunction(
    _ found: [[Hit]], of queries: Matrix, count: Int, atLeast floor: Float = -.infinity,
    queriesName: String = "", firstQuery: Int = 0
  ) throws -> [[Hit]] {
    let group = try QueryGroup(queries.tensor, metric, name: queriesName, firstRow: firstQuery)
    return try Parallel.map(found.count, threads: threads) { query in
      var best = TopK<Hit>(count, atLeast: floor)
      for hit in found[query] {
        let length = try corpus.lengths(hit.row..<hit.row + 1, name: name)[0]
        // As torch.nn.functional.normalize has it.
        let divisor = metric == .cosine ? max(length, 1e-12) : 1
        best.offer(
          Hit(
            row: hit.row,
            score: metric.score(group.rows, query, corpus, hit.row, over: divisor)))
      }
      return best.sorted
    }
  }
}
