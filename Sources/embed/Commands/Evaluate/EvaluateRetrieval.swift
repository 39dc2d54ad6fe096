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
      Judgements are rows of query-id, corpus-id and score, as BEIR has them (tsv, csv or jsonl, \
      with the header or without), or TREC's four columns. A document is relevant where its score \
      is above 0, or where there are no scores; of two judgements of one pair the later counts. \
      Leaves out queries without relevant documents, as sentence-transformers does. Orders equal \
      scores by ids. Uses the model's prompts for queries and documents. Of a sparse model it also \
      prints how many terms a query and a document have, of a late-interaction model how many \
      vectors.

        embed evaluate retrieval --queries queries.jsonl --corpus corpus.jsonl --relevant test.tsv
        embed evaluate retrieval --queries queries.jsonl --corpus corpus.jsonl --relevant test.tsv \
          --vectors corpus.npy
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
    help: ArgumentHelp(
      "Read what is relevant: columns query-id, corpus-id and score.", valueName: "FILE"),
    completion: .file())
  var relevant: String

  @Option(
    help: ArgumentHelp(
      "Take the corpus' vectors from FILE.npy, as encode --output or search --save wrote it.",
      valueName: "FILE.npy"), completion: .file())
  var vectors: String?

  @OptionGroup var columns: NamedTextColumns

  @OptionGroup var compared: MetricOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let vectorModel = try VectorModel(model.textModel())
    let metric = try vectorModel.metric(asked: compared.metric)
    let relevant = try relevantDocuments()
    let queries = try NamedTexts(queries, columns: columns, keeping: { relevant[$0] != nil })
    let corpus = try NamedTexts(corpus, columns: columns)
    guard relevant.values.contains(where: { $0.contains { corpus.rows[$0] != nil } }) else {
      throw FileError(
        relevant.isEmpty
          ? "\(self.relevant): no score is above 0, so no document is relevant for any query"
          : "\(self.relevant): no row names a document of \(self.corpus); the columns should be "
            + "query-id and corpus-id")
    }
    let route = try vectorModel.model.route(named: "document")
    let (found, treatment) =
      try vectors.map { try corpus.results(stored: $0, vectorModel, route, model) }
      ?? (corpus.results(vectorModel, route, model.messages), VectorTreatment())
    let asked = try treatment(
      queries.results(
        vectorModel, vectorModel.model.route(named: "query"), model.messages))
    let search = try SearchIndex(
      found, by: metric, isMean: vectorModel.isMean, name: self.corpus,
      threads: vectorModel.model.options.threads)
    let depth = RetrievalMetric.allCases.flatMap(\.standardDepths).max() ?? 0
    let hits = try search.nearest(to: asked, count: depth, queriesName: self.queries)
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
      groups: [
        (
          vectorModel.name(of: metric),
          values.map { ($0.0, $0.1) } + asked.sizes("query") + found.sizes("document")
        )
      ]
    ).write(report)
  }

  /// The ids of the documents that are relevant, by the ids of queries that have any.
  private func relevantDocuments() throws -> [[UInt8]: Set<[UInt8]>] {
    let table = try EvaluationTable(judgements: relevant, as: columns.format)
    let known = Set(try columns.table(queries).fields(0))
    var documents: [[UInt8]: Set<[UInt8]>] = [:]
    let judged = zip(zip(table.fields(0), table.fields(1)), try table.numbers(2))
    for (row, ((query, document), score)) in zip(table.rows, judged) {
      guard known.contains(query) else {
        throw RowProblem(
          row.location,
          "there is no query `\(String(decoding: query, as: UTF8.self).prefix(40))` in "
            + "\(queries); the columns should be query-id and corpus-id")
      }
      if score > 0 {
        documents[query, default: []].insert(document)
      } else {
        documents[query]?.remove(document)
      }
    }
    return documents.filter { !$0.value.isEmpty }
  }
}

extension VectorModel {
  /// What scores by this metric are called; those of late interaction have names of their own.
  fileprivate func name(of metric: Similarity) -> String {
    guard case .multi = self else { return metric.rawValue }
    return isMean ? "meanmaxsim" : "maxsim"
  }
}

extension Results {
  /// How many terms or vectors a text has in the mean; nothing where that is always one vector.
  fileprivate func sizes(_ side: String) -> [(name: String, value: Double?)] {
    func mean(_ sum: Int) -> Double? { count > 0 ? Double(sum) / Double(count) : nil }
    switch self {
    case .rows: return []
    case .ragged(let groups): return [("\(side)_vectors", mean(groups.matrix.rows))]
    case .sparse(let matrix): return [("\(side)_active_terms", mean(matrix.count))]
    }
  }
}
