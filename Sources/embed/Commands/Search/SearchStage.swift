import Embeddings
import ModelFiles
import Tensors
import Vectors

/// What a model made of a corpus: now, or before, in a file.
enum CorpusVectors: Sendable {
  case made(Results)
  case stored(StoredVectors, VectorTreatment)

  var count: Int {
    switch self {
    case .made(let results): results.count
    case .stored(let stored, _): stored.count
    }
  }
}

/// One model and the vectors that it made of a corpus.
struct SearchStage: Sendable {
  let model: VectorModel
  /// The queries'.
  private let route: Route
  private let index: SearchIndex
  private let stored: StoredVectors?
  /// What becomes of the queries' vectors, as it became of the corpus'.
  private let treatment: VectorTreatment
  private let rescoring: StoredRescoring?
  /// The number of rows of the corpus.
  let count: Int

  /// - Parameters:
  ///   - rescoring: scores hits of vectors in fewer bits again
  ///   - allowed: whether each row may be found; `nil` where all may
  ///   - name: the corpus' name in errors
  init(
    _ model: VectorModel, _ corpus: CorpusVectors, _ rescoring: StoredRescoring? = nil,
    by metric: Similarity, allowed: [Bool]? = nil, name: String
  ) throws {
    guard corpus.count > 0 else {
      throw FileError("\(name) has no rows to search in; give texts")
    }
    (self.model, self.rescoring, count) = (model, rescoring, corpus.count)
    route = try model.model.route(named: "query")
    let (isMean, threads) = (model.isMean, model.model.options.threads)
    switch corpus {
    case .made(let results):
      (stored, treatment) = (nil, VectorTreatment())
      index = try SearchIndex(
        results, by: metric, isMean: isMean, name: name, threads: threads, allowed: allowed)
    case .stored(let vectors, let made):
      (stored, treatment) = (vectors, made)
      index = try SearchIndex(
        vectors, by: metric, isMean: isMean, name: name, threads: threads, allowed: allowed)
    }
  }

  /// How many queries to search for together.
  func group(hits: Int) -> Int {
    let found = rescoring?.depth(hits) ?? hits
    return Search.group(columns: model.numbers(route), hits: min(found, count))
  }

  /// The best rows of the corpus for each query.
  /// - Parameter location: how an error names a query, by its index
  func nearest(
    to queries: [[UInt8]], count: Int, _ messages: Messages,
    location: @Sendable (Int) -> String
  ) throws -> [[Hit]] {
    let (made, cut) = try model.finiteResults(of: queries, by: route, location: location)
    messages.noteCut(cut, of: route)
    let (vectors, name) = (treatment(made), "the queries")
    let found = try index.nearest(
      to: vectors, count: rescoring?.depth(count) ?? count, queriesName: name)
    try stored?.checkIntact()
    guard let rescoring, case .rows(let rows) = vectors else { return found }
    return try rescoring(found, of: rows, count: count, queriesName: name)
  }
}
