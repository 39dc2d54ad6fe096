import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed evaluate rerank`: how well a reranker puts documents in order.
struct EvaluateRerank: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerank",
    abstract: "Compute MAP, MRR and NDCG of a reranker's order of documents.",
    discussion: """
      Reads JSON lines of query, positive (relevant documents), and negative (others) or documents \
      (as an earlier stage ranked them, positives among them). With documents it also prints how \
      good that earlier order was (base). As sentence-transformers, reranks positives that are not \
      among the documents as well, unless --only-documents.

        embed evaluate rerank -m cross-encoder/ms-marco-MiniLM-L6-v2 samples.jsonl
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var prompt: QueryPrompt

  @Argument(
    help: ArgumentHelp("Read the queries of this jsonl file.", valueName: "FILE"),
    completion: .file())
  var file: String

  @Option(help: ArgumentHelp("Count the first K documents for MRR and NDCG.", valueName: "K"))
  var atK: Int = 10

  @Flag(help: "Rerank the documents alone: relevant ones that are not among them are missed.")
  var onlyDocuments = false

  @OptionGroup var format: TableFormatOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if atK < 1 { throw ValidationError("--at-k must be at least 1") }
    if let input = format.bytes.input, input == .csv || input == .tsv {
      throw ValidationError(
        "a row has lists of texts: read it as jsonl or json, not --input \(input.rawValue)")
    }
  }

  func run() throws {
    let reranker = try model.reranker()
    let scorer = PairScorer(reranker, try prompt.route(reranker))
    try scorer.checkRanks()
    var reader = try RowReader(rankings: file, as: format.format)
    var counts = (documents: 0, cut: 0)
    var (base, found) = ([RerankingMetrics](), [RerankingMetrics]())
    // Enough documents together for the network's batches.
    while let window = try reader.window(upTo: 64, bytes: 4 << 20) {
      let samples = try window.map { sample(KnownRanking(try $0.fields.get())) }
      let scores = try scores(zip(window, samples).map { ($0, $1.query, $1.sample) }, scorer)
      for ((_, sample), scores) in zip(samples, scores) {
        // Where nothing is relevant no score is computed.
        found.append(
          scores.isEmpty
            ? .nothing
            : RerankingMetrics(scores.map(\.first), areRelevant: sample.areRelevant, depth: atK))
        if let before = sample.base { base.append(before) }
        counts.documents += scores.count
        counts.cut += scores.count(where: \.isCut)
      }
    }
    guard !found.isEmpty else {
      throw FileError(
        "\(InputFile.name(file)) has no rows of \(RankingDecoder.columns.joined(separator: ", "))")
    }
    model.messages.noteCut(pairs: counts.cut, of: scorer.route)
    try report(base: base, found, documents: counts.documents)
  }

  private func report(
    base: [RerankingMetrics], _ found: [RerankingMetrics], documents: Int
  ) throws {
    func named(_ metrics: [RerankingMetrics]) -> [(name: String, value: Double?)] {
      RerankingMetrics.mean(metrics).named(depth: atK).map { ($0.name, $0.value) }
    }
    try MetricReport(
      counts: [("queries", found.count), ("documents", documents)],
      groups: (base.isEmpty ? [] : [("base", named(base))]) + [("reranked", named(found))]
    ).write(report)
  }

  private func sample(
    _ known: KnownRanking
  ) -> (query: [UInt8], sample: RerankingSample) {
    let sample =
      known.isRanked
      ? RerankingSample(
        positive: known.positive, ranked: known.others, addsPositives: !onlyDocuments, depth: atK)
      : RerankingSample(positive: known.positive, negative: known.others)
    return (known.query, sample)
  }

  /// The scores of each sample's documents; of none where none is relevant.
  private func scores(
    _ rows: [(row: InputRow, query: [UInt8], sample: RerankingSample)], _ scorer: PairScorer
  ) throws -> [[PairScore]] {
    let counts = rows.map { $0.sample.areRelevant.contains(true) ? $0.sample.documents.count : 0 }
    let pairs = zip(rows, counts).flatMap { row, count in
      row.sample.documents.prefix(count).map { TextPair(query: row.query, document: $0) }
    }
    var results = try scorer(pairs)[...]
    return try zip(rows, counts).map { row, count in
      let own = results.prefix(count)
      results = results.dropFirst(count)
      return try own.enumerated().map { place, result in
        do {
          return try result.get()
        } catch {
          throw RowProblem(row.row.location, "document \(place + 1): \(error)")
        }
      }
    }
  }
}
