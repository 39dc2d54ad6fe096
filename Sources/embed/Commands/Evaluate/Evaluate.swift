import ArgumentParser
import Embeddings
import Vectors

/// `embed evaluate`: how good a model's vectors are at a task.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compute the metrics that sentence-transformers reports.",
    discussion: """
      Reads csv, tsv or jsonl files, by their ending. Columns are found by the names in the first \
      row, in any order; where it has none of them, it is a row like the others, and the first \
      columns are used.
      """,
    subcommands: [
      EvaluateSTS.self, EvaluateTriplets.self, EvaluateBinary.self, EvaluateRetrieval.self,
      EvaluateParaphrases.self,
    ])
}

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

  @OptionGroup var report: ReportOptions

  func validate() throws { try columns?.check(count: 3) }

  /// Reads the three columns.
  func table(_ standard: [String]) throws -> EvaluationTable {
    try EvaluationTable(file, columns: columns ?? .init(standard))
  }
}

/// The options of evaluations of pairs of texts, each with a number.
struct PairOptions: ParsableArguments {
  @OptionGroup var table: TableOptions
  @OptionGroup var prompt: PromptOptions

  /// Reads the pairs and embeds both sides.
  /// - Parameters:
  ///   - number: what the third column is called
  ///   - check: refuses numbers
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
