import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed evaluate triplets`: how often a text is nearer to its match than to another.
struct EvaluateTriplets: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "triplets",
    abstract: "How often a text is nearer to the one it belongs with than to the other.",
    discussion: "Anchors have the model's prompt for queries, the others that for documents.")

  @OptionGroup var model: ModelOptions

  @Argument(
    help: ArgumentHelp("Rows of anchor, positive, negative.", valueName: "FILE"),
    completion: .file())
  var file: String

  @Option(help: ArgumentHelp("Other names of the three columns.", valueName: "A,B,C"))
  var columns: ColumnNames = .init(["anchor", "positive", "negative"])

  @Flag(help: "Write one JSON object.")
  var json = false

  func validate() throws { try columns.check(count: 3) }

  func run() throws {
    let embedder = try model.load()
    let query = try embedder.model.route(named: "query")
    let document = try embedder.model.route(named: "document")
    let rows = try RecordedTexts(file, columns: columns)
    let anchors = try rows.vectors(0, embedder, query, model.messages)
    let positives = try rows.vectors(1, embedder, document, model.messages)
    let negatives = try rows.vectors(2, embedder, document, model.messages)
    try MetricReport(
      counts: [("triplets", rows.records.count)],
      groups: Similarity.allCases.map { metric in
        let accuracy = Triplets.accuracy(
          positive: metric.pairwise(anchors, positives),
          negative: metric.pairwise(anchors, negatives))
        return (metric.rawValue, [("accuracy", accuracy)])
      }
    ).write(asJSON: json)
  }
}
