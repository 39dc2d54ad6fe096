import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed evaluate retrieval`: how well searches find the relevant documents.
struct EvaluateRetrieval: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retrieval",
    abstract: "Compute accuracy, precision, recall, NDCG, MRR and MAP at k of searches.",
    discussion: """
      Leaves out queries without relevant documents. Orders equal scores by ids. Uses the model's \
      prompts for queries and documents.
      """)

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp("Search for these queries: columns id and text.", valueName: "FILE"),
    completion: .file())
  var queries: String

  @Option(
    help: ArgumentHelp("Search in these documents: columns id and text.", valueName: "FILE"),
    completion: .file())
  var corpus: String

  @Option(
    help: ArgumentHelp("Read what is relevant: columns query-id and corpus-id.", valueName: "FILE"),
    completion: .file())
  var relevant: String

  @OptionGroup var columns: NamedTextColumns

  @OptionGroup var compared: MetricOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let embedder = try model.load()
    let relevant = try relevantDocuments()
    let queries = try NamedTexts(
      queries, columns: columns, embedder, embedder.model.route(named: "query"),
      model.messages, keeping: { relevant[$0] != nil })
    let corpus = try NamedTexts(
      corpus, columns: columns, embedder, embedder.model.route(named: "document"), model.messages)
    guard relevant.values.contains(where: { $0.contains { corpus.rows[$0] != nil } }) else {
      throw FileError(
        "\(self.relevant): no row names a document of \(self.corpus); the columns should be query-id "
          + "and corpus-id")
    }
    let metric = compared.metric ?? embedder.similarity
    let depth = RetrievalMetric.allCases.flatMap(\.standardDepths).max() ?? 0
    let hits = try Search(
      corpus.vectors, by: metric, name: self.corpus, threads: embedder.model.options.threads,
      cancelled: { Interrupt.requested }
    ).nearest(to: queries.vectors, count: depth, queriesName: self.queries)
    let ranked = zip(queries.ids, hits).map { query, hits in
      let documents = relevant[query] ?? []
      return RankedHits(
        areRelevant: hits.map { documents.contains(corpus.ids[$0.row]) }, relevant: documents.count)
    }
    let values = RetrievalMetric.allCases.flatMap { metric in
      metric.standardDepths.map { ("\(metric.rawValue)@\($0)", metric(ranked, at: $0)) }
    }
    try MetricReport(
      counts: [("queries", queries.ids.count), ("documents", corpus.ids.count)],
      groups: [(metric.rawValue, values.map { ($0.0, $0.1) })]
    ).write(report)
  }

  /// The ids of the documents that are relevant, by the ids of queries.
  private func relevantDocuments() throws -> [String: Set<String>] {
    let table = try EvaluationTable(relevant, columns: .init(["query-id", "corpus-id"]))
    let known = Set(try EvaluationTable(queries, columns: columns.names).strings(0))
    var documents: [String: Set<String>] = [:]
    for (row, (query, document)) in zip(table.rows, zip(table.strings(0), table.strings(1))) {
      guard known.contains(query) else {
        throw RowProblem(
          row.location,
          "there is no query `\(query.prefix(40))` in \(queries); the columns should be query-id "
            + "and corpus-id")
      }
      documents[query, default: []].insert(document)
    }
    return documents
  }
}
