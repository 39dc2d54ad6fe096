import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed similarity`: how alike texts are.
struct SimilarityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similarity",
    abstract: "How alike texts are.",
    discussion: """
      Two texts give one number, more a matrix: a row for each text, tabs between its numbers. \
      --pairs reads two texts from each row of a file and gives a number a line.

        embed similarity "How do cats sleep?" "Cats nap for most of the day."
        embed similarity --pairs pairs.csv
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var prompt: PromptOptions

  @Argument(help: ArgumentHelp("The texts to compare.", valueName: "TEXT"))
  var texts: [String] = []

  @Option(
    help: ArgumentHelp(
      "A csv, tsv or jsonl file with columns sentence1 and sentence2 (the first two where a header "
        + "does not say so).", valueName: "FILE"), completion: .file())
  var pairs: String?

  @Option(help: ArgumentHelp("Other names of the pairs' two columns.", valueName: "A,B"))
  var columns: ColumnNames = .init(["sentence1", "sentence2"])

  @Option(
    help: ArgumentHelp(
      "cosine, dot, or the negative euclidean or manhattan distance (default: the model's).",
      valueName: "METRIC"), transform: Similarity.named)
  var metric: Similarity?

  @Flag(help: "Write JSON: one object, or one a line for --pairs.")
  var json = false

  func validate() throws {
    if pairs != nil, !texts.isEmpty {
      throw ValidationError("give texts or --pairs, not both")
    }
    try columns.check(count: 2)
    if pairs == nil, columns.areGiven { throw ValidationError("--columns goes with --pairs") }
    if pairs == nil, texts.count < 2 {
      throw ValidationError("give two texts at least, or --pairs FILE")
    }
  }

  func run() throws {
    let embedder = try model.load()
    let prompt = try prompt.prepared(embedder)
    let metric = metric ?? embedder.similarity
    let output = try OutputFile(nil)
    if let pairs {
      try compare(pairs: pairs, embedder, prompt, metric, output)
    } else {
      let vectors = try embedder.finiteVectors(of: texts.map { Array($0.utf8) }, prompt) {
        "text \($0 + 1)"
      }.vectors
      try output.write(report(metric, metric(vectors, vectors)))
    }
    try output.finish()
  }

  private func report(_ metric: Similarity, _ scores: Matrix) -> [UInt8] {
    if json {
      let name = JSONValue.string(metric.rawValue)
      guard scores.rows > 2 else {
        return JSONValue.object([("metric", name), ("similarity", .float(scores[0][1]))]).line
      }
      let rows = (0..<scores.rows).map { JSONValue.array(scores[$0].map { .float($0) }) }
      return JSONValue.object([
        ("metric", name), ("texts", .array(texts.map { .string($0) })),
        ("similarities", .array(rows)),
      ]).line
    }
    let rows = scores.rows > 2 ? (0..<scores.rows).map { scores[$0] } : [[scores[0][1]]]
    return Array(
      rows.map { $0.map(\.description).joined(separator: "\t") + "\n" }.joined().utf8)
  }

  /// A number for each row of the file, written as it is ready.
  private func compare(
    pairs path: String, _ embedder: Embedder, _ prompt: Route, _ metric: Similarity,
    _ output: OutputFile
  ) throws {
    var reader = try RecordReader(path, columns: columns)
    while true {
      let rows = try reader.next(upTo: 1024)
      if Interrupt.requested { throw CancellationError() }
      if rows.isEmpty { return }
      let texts = rows.flatMap(\.cells)
      let all = try embedder.finiteVectors(of: texts, prompt) { "\(rows[$0 / 2].place)" }.vectors
      let scores = metric.pairwise(all.everyOther(from: 0), all.everyOther(from: 1))
      var lines: [UInt8] = []
      for (row, score) in zip(rows, scores) {
        if json {
          let sentences = row.cells.map { JSONValue.string(String(decoding: $0, as: UTF8.self)) }
          lines +=
            JSONValue.object([
              ("sentence1", sentences[0]), ("sentence2", sentences[1]),
              ("similarity", .float(score)),
            ]).line
        } else {
          lines += "\(score)\n".utf8
        }
      }
      try output.write(lines)
    }
  }
}

extension Similarity {
  /// The metric that a word of the command line means.
  static func named(_ name: String) throws -> Similarity {
    guard let metric = Similarity(rawValue: name) else {
      let known = Similarity.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("\(name) is not a metric; known are \(known)")
    }
    return metric
  }
}
