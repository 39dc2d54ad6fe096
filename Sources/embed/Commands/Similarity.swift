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
      numbers. --pairs reads two texts from each row of a file and prints one number a line.

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
    let embedder = try model.load()
    let route = try prompt.route(embedder)
    let metric = compared.metric ?? embedder.similarity
    if let pairs { try Destination(nil).refuse(inputs: [pairs]) }
    if let pairs { return try compare(pairs: pairs, embedder, route, metric) }
    model.messages.noteFiles(
      among: texts, as: "text", advice: "pairs of texts in a file are compared by --pairs FILE")
    // A score, and the digits that it is printed with, which are put together three times.
    try MemoryBound.check(
      texts.count, texts.count, 44, for: "a matrix of the similarities of \(texts.count) texts")
    let vectors = try embedder.finiteVectors(of: texts.map { Array($0.utf8) }, route) {
      "text \($0 + 1)"
    }.vectors
    try OutputFile.write(report(metric, metric(vectors, vectors)))
  }

  private func report(_ metric: Similarity, _ scores: Matrix) -> [UInt8] {
    let isPair = scores.rows == 2
    let rows = isPair ? [[scores[0][1]]] : (0..<scores.rows).map { scores[$0] }
    guard json else {
      return Array(rows.map { $0.map(\.description).joined(separator: "\t") + "\n" }.joined().utf8)
    }
    let name = JSONValue.string(metric.rawValue)
    if isPair {
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
  private func compare(
    pairs path: String, _ embedder: Embedder, _ route: Route, _ metric: Similarity
  ) throws {
    var reader = try RowReader(table: path, as: table.format, columns: columns)
    let output = try OutputFile(nil)
    let size = min(1024, max(1, WindowSize(dimension: embedder.dimension).mostRows / 2))
    while let rows = try reader.window(upTo: size) {
      let pairs = try rows.map { try $0.fields.get() }
      let all = try embedder.finiteVectors(of: pairs.flatMap { $0 }, route) {
        "\(rows[$0 / 2].location)"
      }.vectors
      let scores = metric.pairwise(all.everyOther(from: 0), all.everyOther(from: 1))
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
