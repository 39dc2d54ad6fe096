import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed evaluate retrieval`: how good searches are.
struct EvaluateRetrieval: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retrieval",
    abstract: "How good searches are: accuracy, precision, recall, NDCG, MRR and MAP at k.",
    discussion: """
      Queries without relevant documents are left out. Equal scores come in the order of ids. \
      Queries and documents have the model's prompts for them.
      """)

  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("Queries: id, text.", valueName: "FILE"), completion: .file())
  var queries: String

  @Option(help: ArgumentHelp("Documents: id, text.", valueName: "FILE"), completion: .file())
  var corpus: String

  @Option(
    help: ArgumentHelp("What is relevant: query-id, corpus-id.", valueName: "FILE"),
    completion: .file())
  var relevant: String

  @OptionGroup var columns: NamedTextColumns

  @Option(
    help: ArgumentHelp(
      "Cosine, dot, euclidean or manhattan (default: the model's).", valueName: "METRIC"),
    transform: Similarity.named)
  var metric: Similarity?

  @Flag(help: "Write one JSON object.")
  var json = false

  func run() throws {
    let embedder = try model.load()
    let relevant = try relevantDocuments()
    let queries = try NamedTexts(
      queries, columns: columns.names, embedder, embedder.model.route(named: "query"),
      model.messages, keeping: { relevant[$0] != nil })
    let corpus = try NamedTexts(
      corpus, columns: columns.names, embedder, embedder.model.route(named: "document"),
      model.messages)
    guard relevant.values.contains(where: { $0.contains { corpus.rows[$0] != nil } }) else {
      throw FileError(
        "\(self.relevant): no row names a document of \(self.corpus); the columns should be query-id "
          + "and corpus-id")
    }
    let metric = metric ?? embedder.similarity
    let depth = RetrievalMetric.allCases.flatMap(\.standardDepths).max() ?? 0
    let hits = try Search(
      corpus.vectors, by: metric, name: self.corpus, threads: embedder.model.options.threads,
      cancelled: { Interrupt.requested }
    ).nearest(to: queries.vectors, count: depth, queriesName: self.queries)
    let ranked = zip(queries.ids, hits).map { query, hits in
      let documents = relevant[query] ?? []
      return RankedHits(
        areRelevant: hits.map { documents.contains(corpus.ids[$0.row]) },
        relevant: documents.count)
    }
    let values = RetrievalMetric.allCases.flatMap { metric in
      metric.standardDepths.map { ("\(metric.rawValue)@\($0)", metric(ranked, at: $0)) }
    }
    try MetricReport(
      counts: [("queries", queries.ids.count), ("documents", corpus.ids.count)],
      groups: [(metric.rawValue, values.map { ($0.0, $0.1) })]
    ).write(asJSON: json)
  }

  /// The ids of the documents that are relevant, by the ids of queries.
  private func relevantDocuments() throws -> [String: Set<String>] {
    let table = try RecordedTexts(relevant, columns: .init(["query-id", "corpus-id"]))
    let known = Set(try RecordedTexts(queries, columns: columns.names).strings(0))
    var documents: [String: Set<String>] = [:]
    for (record, (query, document)) in zip(table.records, zip(table.strings(0), table.strings(1))) {
      guard known.contains(query) else {
        throw FileError(
          "\(record.place): there is no query `\(query.prefix(40))` in \(queries); the columns "
            + "should be query-id and corpus-id")
      }
      documents[query, default: []].insert(document)
    }
    return documents
  }
}
