import ArgumentParser
import Vectors

/// `embed evaluate binary`: how well similarities separate matching pairs from others.
struct EvaluateBinary: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "binary",
    abstract: "Measure how well similarities separate matching pairs from others.",
    discussion: """
      The columns are sentence1, sentence2 and label (1 for a match, else 0), or those of \
      --columns. Thresholds are of the similarity for cosine and dot, of the distance for \
      euclidean and manhattan.
      """)

  @OptionGroup var options: PairOptions

  func run() throws {
    let (numbers, left, right) = try options.pairs(
      "label", check: { $0 == 0 || $0 == 1 }, expected: "0 or 1")
    try MetricReport(
      counts: [("pairs", numbers.count)],
      groups: Similarity.allCases.map { metric in
        let isDistance = metric == .euclidean || metric == .manhattan
        let scores = metric.pairwise(left, right).map { isDistance ? -$0 : $0 }
        let found = BinaryClassification(
          scores, labels: numbers.map { $0 == 1 }, areDistances: isDistance)
        return (metric.rawValue, found.named.map { ($0.name, $0.value) })
      }
    ).write(options.table.report)
  }
}
