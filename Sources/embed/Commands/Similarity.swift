import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed similarity`: how similar texts are.
struct SimilarityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similarity", abstract: "Compute how similar texts are.",
    discussion: """
      Two texts give one number. More give a matrix: a row for each text, with tabs between its \
      numbers. --pairs reads two texts from each row of a file and prints one number a line. A \
      late-interaction model takes the first of two texts as the query, and so does a reranker, \
      whose score is printed.

        embed similarity "How do cats sleep?" "Cats nap for most of the day."
        embed similarity --pairs pairs.csv
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var prompt: PromptOptions

  @Argument(help: ArgumentHelp("Compare these texts.", valueName: "TEXT"))
  var texts: [String] = []

  @Option(
    help: ArgumentHelp(
      "Compare the pairs of a csv, tsv or jsonl file: its columns sentence1 and sentence2, or the "
        + "first two where the first row is no header.", valueName: "FILE"), completion: .file())
  var pairs: String?

  @Option(help: ArgumentHelp("Read the pairs from these columns.", valueName: "A,B"))
  var columns: ColumnNames = .init(["sentence1", "sentence2"])

  @OptionGroup var table: TableFormatOptions
  @OptionGroup var compared: MetricOptions

  @Flag(help: "Print JSON: one object, or one a line for --pairs.")
  var json = false

  func validate() throws {
    if pairs != nil, !texts.isEmpty { throw ValidationError("give texts or --pairs, not both") }
    try columns.check(count: 2)
    if pairs == nil, table.bytes.isGiven {
      throw ValidationError("--input, --delimiter and --encoding need --pairs")
    }
    if pairs == nil, columns.areGiven { throw ValidationError("--columns needs --pairs") }
    if pairs == nil, texts.count < 2 {
      throw ValidationError("give at least two texts, or --pairs FILE")
    }
  }

  func run() throws {
    let comparison = try TextComparison(model.textModel(), prompt, metric: compared.metric)
    if let pairs {
      try Destination(nil).refuse(inputs: [pairs])
      return try compare(pairs: pairs, comparison)
    }
    model.messages.noteFiles(
      among: texts, as: "text", advice: "pairs of texts in a file are compared by --pairs FILE")
    // A score, and the digits that it is printed with, which are put together three times.
    try MemoryBound.check(
      texts.count, texts.count, 44, for: "a matrix of the similarities of \(texts.count) texts")
    let all = texts.map { Array($0.utf8) }
    let rows =
      try all.count == 2
      ? [comparison.pairwise([all], location: { _, side in "text \(side + 1)" })]
      : comparison.matrix(all) { "text \($0 + 1)" }
    try OutputFile.write(report(comparison.name, rows))
  }

  private func report(_ metric: String, _ rows: [[Float]]) -> [UInt8] {
    guard json else {
      return Array(rows.map { $0.map(\.description).joined(separator: "\t") + "\n" }.joined().utf8)
    }
    let name = JSONValue.string(metric)
    if texts.count == 2 {
      let value: JSONValue = ["metric": name, "similarity": .float(rows[0][0])]
      return value.line
    }
    let value: JSONValue = [
      "metric": name, "texts": .array(texts.map { .string($0) }),
      "similarities": .array(rows.map { .array($0.map { .float($0) }) }),
    ]
    return value.line
  }

  /// Prints a number for each row of the file, as soon as it is ready.
  private func compare(pairs path: String, _ comparison: TextComparison) throws {
    var reader = try RowReader(table: path, as: table.format, columns: columns)
    let output = try OutputFile(nil)
    while let rows = try reader.window(upTo: comparison.window) {
      let pairs = try rows.map { try $0.fields.get() }
      let scores = try comparison.pairwise(pairs) { row, _ in "\(rows[row].location)" }
      if json {
        try output.write(lines: rows.count) { row in
          [
            "sentence1": .utf8(pairs[row][0]), "sentence2": .utf8(pairs[row][1]),
            "similarity": .float(scores[row]),
          ]
        }
      } else {
        try output.write(Array(scores.map { "\($0)\n" }.joined().utf8))
      }
    }
    try output.finish()
  }
}
