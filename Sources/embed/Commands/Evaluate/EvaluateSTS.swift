import ArgumentParser
import Vectors

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
