import Embeddings
import ModelFiles
import Vectors

/// The vectors of a corpus, ready to be searched, exactly, by what their kind is compared by.
enum SearchIndex: Sendable {
  case dense(Search)
  case sparse(InvertedIndex)
  case multi(MaxSimSearch)

  /// - Parameters:
  ///   - metric: of vectors; late interaction has its own
  ///   - isMean: whether late interaction takes the mean over a query's tokens
  ///   - name: the corpus' name in errors
  ///   - allowed: whether each row may be found; `nil` where all may
  init(
    _ corpus: Results, by metric: Similarity, isMean: Bool, name: String, threads: Int,
    allowed: [Bool]? = nil
  ) throws {
    let cancelled: @Sendable () -> Bool = { Interrupt.requested }
    switch corpus {
    case .rows(let matrix):
      self = .dense(
        Search(
          .floats(matrix.tensor), by: metric, name: name, threads: threads, allowed: allowed,
          cancelled: cancelled))
    case .sparse(let matrix):
      self = .sparse(
        try InvertedIndex(
          matrix, by: metric, name: name, threads: threads, allowed: allowed, cancelled: cancelled))
    case .ragged(let groups):
      self = .multi(
        MaxSimSearch(
          groups, mean: isMean, name: name, threads: threads, allowed: allowed,
          cancelled: cancelled))
    }
  }

  /// The same of vectors of a file, which are searched where they lie.
  init(
    _ stored: StoredVectors, by metric: Similarity, isMean: Bool, name: String, threads: Int,
    allowed: [Bool]? = nil
  ) throws {
    guard let rows = stored.searched else {
      try self.init(
        stored.results(name), by: metric, isMean: isMean, name: name, threads: threads,
        allowed: allowed)
      return
    }
    self = .dense(
      Search(rows, by: metric, name: name, threads: threads, allowed: allowed) {
        Interrupt.requested
      })
  }

  /// The best rows for each query.
  /// - Parameter queries: of the same kind, and as many columns
  func nearest(
    to queries: Results, count: Int, queriesName: String, firstQuery: Int = 0
  ) throws -> [[Hit]] {
    switch (self, queries) {
    case (.dense(let search), .rows(let queries)):
      try search.nearest(
        to: queries, count: count, queriesName: queriesName, firstQuery: firstQuery)
    case (.sparse(let search), .sparse(let queries)):
      try search.nearest(
        to: queries, count: count, queriesName: queriesName, firstQuery: firstQuery)
    case (.multi(let search), .ragged(let queries)):
      try search.nearest(
        to: queries, count: count, queriesName: queriesName, firstQuery: firstQuery)
    default:
      throw FileError(
        "\(queriesName): vectors of another kind than the corpus'; use vectors of one model")
    }
  }
}

extension VectorModel {
  /// What its vectors are compared by: what was asked for, else what the model's authors say.
  /// - Throws: for a metric of vectors, asked of a model that gives each text several
  func metric(asked: Similarity?) throws -> Similarity {
    switch self {
    case .dense(let embedder): return asked ?? embedder.similarity
    case .sparse(let embedder): return asked ?? embedder.similarity
    case .multi:
      guard let asked else { return .dot }
      throw FileError(
        "--metric \(asked.rawValue): a late-interaction model compares texts by MaxSim, over the dot "
          + "products of their tokens' vectors; leave it out")
    }
  }

  /// Whether late interaction takes the mean over a query's tokens.
  var isMean: Bool { if case .multi(let embedder) = self { embedder.isMean } else { false } }
}
