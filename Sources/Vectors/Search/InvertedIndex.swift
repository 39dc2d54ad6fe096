import Machine
import ModelFiles
import Tensors

/// An exact search among sparse vectors: for each column the rows that have a number there.
///
/// A score is the one that `Similarity` gives the two vectors alone, to the bit: products are added
/// in the order of columns here as there.
package struct InvertedIndex: Sendable {
  // Queries that are searched for together, and hits of 16 bytes that are held: 64 MiB.
  private static let largestGroup = 1024
  private static let mostHits = 1 << 22

  private let blocks: [IndexBlock]
  private let metric: Similarity
  private let rows: Int
  private let columns: Int
  private let threads: Int
  /// Whether each row may be found; `nil` where all may.
  private let allowed: [Bool]?
  private let cancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - metric: the dot product or the cosine
  ///   - name: the corpus' name in errors
  ///   - allowed: whether each row may be found; `nil` where all may
  ///   - cancelled: asked before each block; `true` ends the work with `CancellationError`
  /// - Throws: for another metric, and for a row that is not finite
  package init(
    _ corpus: SparseMatrix, by metric: Similarity, name: String, threads: Int,
    allowed: [Bool]? = nil, cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    guard metric == .dot || metric == .cosine else {
      throw FileError(
        "sparse vectors are searched by dot or cosine, not by \(metric.rawValue), to which columns "
          + "that only one of two vectors has would count")
    }
    (self.metric, rows, columns) = (metric, corpus.rows, corpus.columns)
    (self.threads, self.cancelled) = (max(1, threads), cancelled)
    precondition(allowed.map { $0.count == corpus.rows } ?? true, "marks of other rows")
    self.allowed = allowed
    try MemoryBound.check(corpus.count, 6, for: "an index of \(corpus.rows) sparse vectors")
    let count = (corpus.rows + IndexBlock.most - 1) / IndexBlock.most
    // While a block is made there is a count for each column.
    try MemoryBound.check(
      min(count, max(1, threads)), columns, MemoryLayout<Int>.stride,
      for: "an index of \(columns) columns")
    blocks = try Parallel.map(count, threads: threads) { index in
      if cancelled() { throw CancellationError() }
      let first = index * IndexBlock.most
      let range = first..<min(first + IndexBlock.most, corpus.rows)
      try corpus.checkFinite(range, name: name)
      return IndexBlock(corpus, range, by: metric)
    }
  }

  /// The `count` best rows for each query with a score of at least `floor`, the best first, equal
  /// ones in the order of rows. Rows that share no column with the query have the score 0.
  /// - Parameters:
  ///   - queriesName: the queries' name in errors
  ///   - firstQuery: the index of the first of them in errors
  /// - Shapes: `[m, V]` → m lists
  /// - Throws: for a row that is not finite
  package func nearest(
    to queries: SparseMatrix, count: Int, atLeast floor: Float = -.infinity,
    queriesName: String = "", firstQuery: Int = 0
  ) throws -> [[Hit]] {
    precondition(count >= 0, "\(count) hits")
    precondition(queries.columns == columns, "\(queries.columns) beside \(columns)")
    try queries.checkFinite(0..<queries.rows, name: queriesName, firstRow: firstQuery)
    let count = min(count, rows)
    // Each query has hits in each block until they are joined.
    let held = max(1, min(count, IndexBlock.most) * max(1, blocks.count))
    let size = max(1, min(Self.largestGroup, Self.mostHits / held))
    return try stride(from: 0, to: queries.rows, by: size).flatMap { start in
      let group = (start..<min(start + size, queries.rows)).map { metric.prepared(queries[$0]) }
      return try nearest(group, count, floor)
    }
  }

  private func nearest(
    _ group: [SparseMatrix.Row], _ count: Int, _ floor: Float
  ) throws -> [[Hit]] {
    let parts = try Parallel.map(group.count * blocks.count, threads: threads) { index in
      if cancelled() { throw CancellationError() }
      return blocks[index % blocks.count].nearest(
        to: group[index / blocks.count], count: count, atLeast: floor, allowed)
    }
    return group.indices.map { query in
      guard blocks.count != 1 else { return parts[query] }
      var best = TopK<Hit>(count, atLeast: floor)
      for part in parts[query * blocks.count..<(query + 1) * blocks.count] {
        for hit in part { best.offer(hit) }
      }
      return best.sorted
    }
  }
}

extension SparseMatrix {
  // The squared length of longer rows could overflow float32.
  private static let largest: Float = 1e15

  /// Throws for a row of `range` that has a number which is not finite, or too large.
  fileprivate func checkFinite(_ range: Range<Int>, name: String, firstRow: Int = 0) throws {
    for row in range {
      guard values[starts[row]..<starts[row + 1]].allSatisfy({ $0.magnitude <= Self.largest })
      else { throw unusableRow(firstRow + row, name: name) }
    }
  }

  /// Finds the rows of a corpus that are most similar to each row of this matrix.
  ///
  /// The search is exact, and a score is the one that `similarity` gives the two vectors, to the
  /// bit. A row that shares no column with a query has the score 0, which `floor` may leave out.
  /// - Parameters:
  ///   - count: the hits of each query; there are fewer where the corpus has fewer rows
  ///   - similarity: `.dot` or `.cosine`
  ///   - floor: the lowest score of a hit
  ///   - threads: by default the number of processors that this process may use
  /// - Returns: the hits of each query, the best first, those of equal scores in the order of rows
  /// - Precondition: `count` is not negative, and both matrices have as many columns.
  /// - Throws: an error that names the row of a number that is larger than 1e15, or not finite
  public func nearest(
    _ count: Int, in corpus: SparseMatrix, by similarity: Similarity = .dot,
    atLeast floor: Float = -.infinity, threads: Int? = nil
  ) throws -> [[Hit]] {
    let index = try InvertedIndex(
      corpus, by: similarity, name: "the corpus", threads: threads ?? Processors.allowed)
    return try index.nearest(to: self, count: count, atLeast: floor, queriesName: "the queries")
  }
}
