import ArgumentParser
import Embeddings
import Tensors
import Vectors

/// The options of evaluations of a table of texts.
struct TableOptions: ParsableArguments {
  @OptionGroup var model: ModelOptions

  @Argument(
    help: ArgumentHelp("Read the rows of this csv, tsv or jsonl file.", valueName: "FILE"),
    completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp(
      "Read these columns in place of the three standard ones.", valueName: "A,B,C"))
  var columns: ColumnNames?

  @OptionGroup var format: TableFormatOptions
  @OptionGroup var report: ReportOptions

  func validate() throws { try columns?.check(count: 3) }

  /// Reads the three columns.
  func table(_ standard: [String]) throws -> EvaluationTable {
    try EvaluationTable(file, as: format.format, columns: columns ?? .init(standard))
  }
}

/// The options of evaluations of pairs of texts, each with a number.
struct PairOptions: ParsableArguments {
  @OptionGroup var table: TableOptions
  @OptionGroup var prompt: PromptOptions

  /// Reads the pairs and embeds both sides; the third column is called `number`, and `check`
  /// refuses numbers.
  func pairs(
    _ number: String, check: (Double) -> Bool = { _ in true }, expected: String = ""
  ) throws -> (numbers: [Double], left: Matrix, right: Matrix) {
    let embedder = try table.model.load()
    let route = try prompt.route(embedder)
    let pairs = try table.table(["sentence1", "sentence2", number])
    let numbers = try pairs.numbers(2)
    for (row, value) in zip(pairs.rows, numbers) where !check(value) {
      throw RowProblem(row.location, "\(pairs.columns[2]) is \(value), should be \(expected)")
    }
    let sides = try [0, 1].map { try pairs.vectors($0, embedder, route, table.model.messages) }
    return (numbers, sides[0], sides[1])
  }
}

/// `embed evaluate sts`: how well similarities follow recorded scores.
struct EvaluateSTS: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sts",
    abstract: "Correlate similarities with recorded scores (Pearson, Spearman).",
    discussion: """
      The columns are sentence1, sentence2 and score, or those of --columns.

        embed evaluate sts stsb-test.csv --json
      """)

  @OptionGroup var options: PairOptions

  func run() throws {
    let (scores, left, right) = try options.pairs("score")
    let report = MetricReport(
      counts: [("pairs", scores.count)],
      groups: Similarity.allCases.map { metric in
        let found = metric.pairwise(left, right).map(Double.init)
        return (
          metric.rawValue,
          [
            ("pearson", Correlation.pearson(scores, found)),
            ("spearman", Correlation.spearman(scores, found)),
          ]
        )
      })
    try report.write(options.table.report)
    report.noteMissing(
      options.table.model.messages,
      because: "a correlation needs at least two rows, and numbers that differ on both sides")
  }
}

/// `embed evaluate binary`: how well similarities separate matching pairs from others.
struct EvaluateBinary: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "binary",
    abstract: "Measure how well similarities separate matching pairs from others.",
    discussion: """
      The columns are sentence1, sentence2 and label (1 for a match, else 0), or those of \
      --columns. Thresholds are of the similarity for cosine and dot, of the distance for \
      euclidean and manhattan.
      """)

  @OptionGroup var options: PairOptions

  func run() throws {
    let (numbers, left, right) = try options.pairs(
      "label", check: { $0 == 0 || $0 == 1 }, expected: "0 or 1")
    try MetricReport(
      counts: [("pairs", numbers.count)],
      groups: Similarity.allCases.map { metric in
        let isDistance = metric == .euclidean || metric == .manhattan
        let scores = metric.pairwise(left, right).map { isDistance ? -$0 : $0 }
        let found = BinaryClassification(
          scores, labels: numbers.map { $0 == 1 }, areDistances: isDistance)
        return (metric.rawValue, found.named.map { ($0.name, $0.value) })
      }
    ).write(options.table.report)
  }
}

/// `embed evaluate triplets`: how often an anchor is closer to its positive than to its negative.
struct EvaluateTriplets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "triplets",
    abstract: "Count how often an anchor is closer to its positive than to its negative.",
    discussion: """
      The columns are anchor, positive and negative, or those of --columns. Anchors get the \
      model's prompt for queries, the others its prompt for documents.
      """)

  @OptionGroup var options: TableOptions

  func run() throws {
    let embedder = try options.model.load()
    let prompts = try ["query", "document", "document"].map { try embedder.model.route(named: $0) }
    let table = try options.table(["anchor", "positive", "negative"])
    let vectors = try prompts.enumerated().map { column, prompt in
      try table.vectors(column, embedder, prompt, options.model.messages)
    }
    try MetricReport(
      counts: [("triplets", table.rows.count)],
      groups: Similarity.allCases.map { metric in
        let accuracy = Triplets.accuracy(
          positive: metric.pairwise(vectors[0], vectors[1]),
          negative: metric.pairwise(vectors[0], vectors[2]))
        return (metric.rawValue, [("accuracy", accuracy)])
      }
    ).write(options.report)
  }
}
