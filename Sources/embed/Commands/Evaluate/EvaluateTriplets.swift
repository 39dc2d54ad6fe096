import ArgumentParser
import Embeddings
import Vectors

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
    let prompts = try ["query", "document", "document"].map {
      try embedder.model.route(named: $0)
    }
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
