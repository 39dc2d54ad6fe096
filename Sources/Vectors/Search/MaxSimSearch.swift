import Machine
import ModelFiles
import Tensors

/// An exact search by late interaction: scores every query with every document.
///
/// A score is the one that `MaxSim` gives the two alone, to the bit: a document's products do not
/// depend on what else is multiplied.
package struct MaxSimSearch: Sendable {
  // Floats of a few documents that all queries look at while the second-level cache has them.
  private static let floats = 1 << 16
  // Hits, and numbers of queries, that are held together: 64 MiB and 256 MiB.
  private static let mostHits = 1 << 22
  private static let mostFloats = 1 << 26

  private let corpus: RaggedMatrix
  private let isMean: Bool
  private let name: String
  private let threads: Int
  /// Whether each document may be found; `nil` where all may.
  private let allowed: [Bool]?
  private let cancelled: @Sendable () -> Bool
  /// The documents that each step looks at.
  private let steps: [Range<Int>]

  /// - Parameters:
  ///   - mean: whether scores are divided by the number of the query's rows
  ///   - name: the corpus' name in errors
  ///   - allowed: whether each document may be found; `nil` where all may
  ///   - cancelled: asked before each step; `true` ends the search with `CancellationError`
  package init(
    _ corpus: RaggedMatrix, mean: Bool = false, name: String, threads: Int,
    allowed: [Bool]? = nil, cancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    (self.corpus, isMean, self.name) = (corpus, mean, name)
    (self.threads, self.cancelled) = (max(1, threads), cancelled)
    precondition(allowed.map { $0.count == corpus.count } ?? true, "marks of other documents")
    self.allowed = allowed
    var steps: [Range<Int>] = []
    var start = 0
    for document in 0..<corpus.count
    where corpus[document].upperBound - corpus[start].lowerBound >= Self.floats
      / max(1, corpus.columns)
    {
      steps.append(start..<document + 1)
      start = document + 1
    }
    if start < corpus.count { steps.append(start..<corpus.count) }
    self.steps = steps
  }

  /// The `count` best documents for each query with a score of at least `floor`, the best first,
  /// equal ones in the order of documents.
  /// - Parameters:
  ///   - queriesName: the queries' name in errors
  ///   - firstQuery: the index of the first of them in errors
  /// - Shapes: m groups of rows → m lists
  /// - Throws: for a row that is not finite
  package func nearest(
    to queries: RaggedMatrix, count: Int, atLeast floor: Float = -.infinity,
    queriesName: String = "", firstQuery: Int = 0
  ) throws -> [[Hit]] {
    precondition(count >= 0, "\(count) hits")
    precondition(queries.columns == corpus.columns, "\(queries.columns) beside \(corpus.columns)")
    let count = min(count, corpus.count)
    var found: [[Hit]] = []
    var (start, floats) = (0, 0)
    for query in 0..<queries.count {
      try queries.checkLengths(query, name: queriesName, firstGroup: firstQuery, "query")
      floats += (queries[query].count + 16) * queries.columns
      let hits = (query + 1 - start) * max(1, count) * shards
      guard query + 1 == queries.count || floats >= Self.mostFloats || hits >= Self.mostHits
      else { continue }
      found += try nearest(queries, start..<query + 1, count, floor)
      (start, floats) = (query + 1, 0)
    }
    return found
  }

  /// A few parts for each thread, so that none waits long for the last.
  private var shards: Int { max(1, min(steps.count, threads == 1 ? 1 : threads * 4)) }

  private func nearest(
    _ queries: RaggedMatrix, _ range: Range<Int>, _ count: Int, _ floor: Float
  ) throws -> [[Hit]] {
    let packed = range.map {
      LateQuery(queries.matrix.tensor, rows: queries[$0], isMean: isMean)
    }
    let shards = shards
    let parts = try Parallel.map(shards, threads: threads) { shard in
      let some = steps.count * shard / shards..<steps.count * (shard + 1) / shards
      return try nearest(packed, count, floor, in: some)
    }
    return packed.indices.map { query in
      var best = TopK<Hit>(count, atLeast: floor)
      for part in parts { for hit in part[query].sorted { best.offer(hit) } }
      return best.sorted
    }
  }

  /// The best documents of some steps.
  private func nearest(
    _ queries: [LateQuery], _ count: Int, _ floor: Float, in some: Range<Int>
  ) throws -> [TopK<Hit>] {
    var best = [TopK<Hit>](repeating: TopK(count, atLeast: floor), count: queries.count)
    for step in some {
      if cancelled() { throw CancellationError() }
      for query in queries.indices {
        for document in steps[step] where allowed?[document] ?? true {
          let score = queries[query].score(corpus.matrix.tensor, rows: corpus[document])
          guard score.isFinite else {
            try corpus.checkLengths(document, name: name, "document")
            throw FileError(
              "\(name): document \(document), counted from 0, has a score that is not finite; "
                + "its numbers or the query's are too large")
          }
          best[query].offer(Hit(row: document, score: score))
        }
      }
    }
    return best
  }
}

extension RaggedMatrix {
  /// Throws for a group with a row that is not finite, or too long to be squared.
  fileprivate func checkLengths(
    _ group: Int, name: String, firstGroup: Int = 0, _ what: String
  ) throws {
    guard !matrix.tensor.hasUsableLengths(self[group]) else { return }
    throw FileError(
      "\(name): \(what) \(firstGroup + group), counted from 0, has a number that is not finite, or "
        + "larger than 1e15; vectors of text are not, make it again")
  }

  /// Finds the groups of a corpus that are most similar to each group of this matrix, by MaxSim:
  /// this matrix has the queries.
  ///
  /// The search is exact, and a score is the one that `MaxSim.score` gives the two groups, to the
  /// bit, with any number of threads.
  /// - Parameters:
  ///   - count: the hits of each query; there are fewer where the corpus has fewer groups
  ///   - mean: whether scores are divided by the number of the query's rows
  ///   - floor: the lowest score of a hit
  ///   - threads: by default the number of processors that this process may use
  /// - Returns: the hits of each query, the best first, those of equal scores in the order of groups
  /// - Precondition: `count` is not negative, and both matrices have as many columns.
  /// - Throws: an error that names the group of a vector that is longer than 1e15, or not finite
  public func nearest(
    _ count: Int, in corpus: RaggedMatrix, mean: Bool = false,
    atLeast floor: Float = -.infinity, threads: Int? = nil
  ) throws -> [[Hit]] {
    let search = MaxSimSearch(
      corpus, mean: mean, name: "the corpus", threads: threads ?? Processors.allowed)
    return try search.nearest(to: self, count: count, atLeast: floor, queriesName: "the queries")
  }
}
