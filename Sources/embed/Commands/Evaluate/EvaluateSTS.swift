import ArgumentParser
import Embeddings
import ModelFiles
import Vectors

/// `embed evaluate sts`: how well similarities follow the scores that people gave.
struct EvaluateSTS: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sts",
    abstract: "Pearson's and Spearman's correlation with the scores that people gave.",
    discussion: "embed evaluate sts stsb-test.csv --json")

  @OptionGroup var model: ModelOptions
  @OptionGroup var prompt: PromptOptions

  @Argument(
    help: ArgumentHelp("Pairs: sentence1, sentence2, score.", valueName: "FILE"),
    completion: .file())
  var file: String

  @Option(help: ArgumentHelp("Other names of the three columns.", valueName: "A,B,SCORE"))
  var columns: ColumnNames = .init(["sentence1", "sentence2", "score"])

  @Flag(help: "Write one JSON object.")
  var json = false

  func validate() throws { try columns.check(count: 3) }

  func run() throws {
    let embedder = try model.load()
    let prompt = try prompt.prepared(embedder)
    let pairs = try RecordedTexts(file, columns: columns)
    let scores = try pairs.numbers(2, columns.names[2])
    let left = try pairs.vectors(0, embedder, prompt, model.messages)
    let right = try pairs.vectors(1, embedder, prompt, model.messages)
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
    try report.write(asJSON: json)
    report.noteMissing(
      model.messages, because: "a list of equal numbers, or of one, goes with no other")
  }
}
