import Tensors

/// A row of a corpus and its score for a query. A larger hit is a better one.
public struct Hit: Sendable, Hashable, Ranked {
  /// The row's index in the corpus.
  public let row: Int
  /// How similar row and query are.
  public let score: Float

  package init(row: Int, score: Float) { (self.row, self.score) = (row, score) }

  /// Whether `a` ranks behind `b`: it has a lower score, or the same and a later row.
  public static func < (a: Hit, b: Hit) -> Bool {
    a.score < b.score || a.score == b.score && a.row > b.row
  }
}

extension Matrix {
  /// Finds the rows of a corpus that are most similar to each row of this matrix.
  ///
  ///     let hits = try queries.nearest(5, in: corpus)
  ///     print(hits[0][0].row, hits[0][0].score)
  ///
  /// The search is exact: it compares every query with every row, and a score is the one that
  /// `similarity` gives the two vectors, to the bit, with any number of threads.
  /// - Parameters:
  ///   - count: the hits of each query; there are fewer where the corpus has fewer rows
  ///   - similarity: the score; `Embedder.similarity` is the one that a model is made for
  ///   - floor: the lowest score of a hit
  ///   - threads: by default the number of processors that this process may use
  /// - Returns: the hits of each query, the best first, those of equal scores in the order of rows
  /// - Precondition: `count` is not negative, and both matrices have as many columns.
  /// - Throws: an error that names the row of a vector that is longer than 1e15, or not finite
  public func nearest(
    _ count: Int, in corpus: Matrix, by similarity: Similarity = .cosine,
    atLeast floor: Float = -.infinity, threads: Int? = nil
  ) throws -> [[Hit]] {
    let search = Search(
      corpus, by: similarity, name: "the corpus", threads: threads ?? Processors.allowed)
    return try search.nearest(to: self, count: count, atLeast: floor, queriesName: "the queries")
  }
}
