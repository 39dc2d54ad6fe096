import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed evaluate binary`: how well similarities tell pairs that belong together from others.
struct EvaluateBinary: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "binary",
    abstract: "How well similarities tell pairs that belong together from those that do not.",
    discussion: """
      Thresholds are of the similarity for cosine and dot, of the distance for euclidean and \
      manhattan.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var prompt: PromptOptions

  @Argument(
    help: ArgumentHelp("Pairs: sentence1, sentence2, label (1 or 0).", valueName: "FILE"),
    completion: .file())
  var file: String

  @Option(help: ArgumentHelp("Other names of the three columns.", valueName: "A,B,LABEL"))
  var columns: ColumnNames = .init(["sentence1", "sentence2", "label"])

  @Flag(help: "Write one JSON object.")
  var json = false

  func validate() throws { try columns.check(count: 3) }

  func run() throws {
    let embedder = try model.load()
    let prompt = try prompt.prepared(embedder)
    let pairs = try RecordedTexts(file, columns: columns)
    let labels = try zip(pairs.numbers(2, columns.names[2]), pairs.records).map { label, record in
      guard label == 0 || label == 1 else {
        throw FileError("\(record.place): \(columns.names[2]) is \(label), should be 0 or 1")
      }
      return label == 1
    }
    let left = try pairs.vectors(0, embedder, prompt, model.messages)
    let right = try pairs.vectors(1, embedder, prompt, model.messages)
    try MetricReport(
      counts: [("pairs", labels.count)],
      groups: Similarity.allCases.map { metric in
        let scores = metric.pairwise(left, right).map { metric.isDistance ? -$0 : $0 }
        let found = BinaryClassification(scores, labels: labels, areDistances: metric.isDistance)
        return (metric.rawValue, found.named.map { ($0.name, $0.value) })
      }
    ).write(asJSON: json)
  }
}
