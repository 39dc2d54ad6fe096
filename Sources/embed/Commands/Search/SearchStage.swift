import Embeddings
import ModelFiles
import Tensors
import Vectors

/// One model and the vectors that it made of a corpus.
struct SearchStage: Sendable {
  let model: VectorModel
  /// The queries'.
  private let route: Route
  private let index: SearchIndex
  private let stored: StoredVectors?
  /// The number of rows of the corpus.
  let count: Int

  /// - Parameters:
  ///   - corpus: what the model made of the texts
  ///   - stored: where it was read from, if it was
  ///   - name: the corpus' name in errors
  init(
    _ model: VectorModel, _ corpus: Results, _ stored: StoredVectors? = nil, by metric: Similarity,
    name: String
  ) throws {
    guard corpus.count > 0 else {
      throw FileError("\(name) has no rows to search in; give texts")
    }
    (self.model, self.stored, count) = (model, stored, corpus.count)
    route = try model.model.route(named: "query")
    index = try SearchIndex(
      corpus, by: metric, isMean: model.isMean, name: name,
      threads: model.model.options.threads)
  }

  /// How many queries to search for together.
  func group(hits: Int) -> Int {
    Search.group(columns: model.numbers(route), hits: min(hits, count))
  }

  /// The best rows of the corpus for each query.
  /// - Parameter location: how an error names a query, by its index
  func nearest(
    to queries: [[UInt8]], count: Int, _ messages: Messages,
    location: @Sendable (Int) -> String
  ) throws -> [[Hit]] {
    let (vectors, cut) = try model.finiteResults(of: queries, by: route, location: location)
    messages.noteCut(cut, of: route)
    let found = try index.nearest(to: vectors, count: count, queriesName: "the queries")
    try stored?.checkIntact()
    return found
  }
}
