import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed evaluate paraphrases`: how well mining finds known pairs.
struct EvaluateParaphrases: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paraphrases",
    abstract: "Measure how well mining finds the known pairs of a corpus.",
    discussion: """
      Prints the best F1 with its threshold, precision and recall, and the average precision.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var prompt: PromptOptions

  @Option(
    help: ArgumentHelp("Mine these texts: columns id and text.", valueName: "FILE"),
    completion: .file())
  var corpus: String

  @Option(
    help: ArgumentHelp("Read known pairs: columns id1 and id2.", valueName: "FILE"),
    completion: .file())
  var duplicates: String

  @OptionGroup var columns: NamedTextColumns

  @OptionGroup var report: ReportOptions

  func run() throws {
    let embedder = try model.load()
    let texts = try NamedTexts(corpus, columns: columns)
    let vectors = try texts.table.vectors(1, embedder, prompt.route(embedder), model.messages)
    let known = try knownPairs(texts.rows)
    let pairs = try Mining.pairs(
      of: vectors, name: corpus, threads: embedder.model.options.threads,
      cancelled: { Interrupt.requested })
    let found = MiningScores(
      pairs.map(\.score), areKnown: pairs.map { known.contains([$0.first, $0.second]) },
      known: known.count)
    try MetricReport(
      counts: [("texts", texts.ids.count), ("duplicates", known.count)],
      groups: [(Similarity.cosine.rawValue, found.named.map { ($0.name, $0.value) })]
    ).write(report)
  }

  /// The rows of each known pair, the lower first; a pair of which one is not there does not count.
  private func knownPairs(_ rows: [[UInt8]: Int]) throws -> Set<[Int]> {
    let table = try EvaluationTable(
      duplicates, as: columns.format, columns: .init(["id1", "id2"]))
    let pairs = zip(table.fields(0), table.fields(1)).compactMap { first, second in
      rows[first].flatMap { first in
        rows[second].flatMap { first == $0 ? nil : [min(first, $0), max(first, $0)] }
      }
    }
    guard !pairs.isEmpty else {
      throw FileError(
        "\(duplicates): no row names two texts of \(corpus); the columns should be id1 and id2")
    }
    return Set(pairs)
  }
}
