import ModelFiles
import Vectors

/// What is said of a run of `mine --negatives` at its end.
struct NegativesReport {
  private let options: NegativesOptions
  private let ranks: Range<Int>
  private var rows = 0
  private var missing = 0
  /// Anchors with fewer negatives than were asked for, and those of them that have none.
  private var (short, bare) = (0, 0)
  private var positives = Mean()
  private var negatives = Mean()
  /// How many anchors were cut, and pairs that a reranker read.
  private(set) var (cut, cutPairs) = (0, 0)
  /// Of the anchors so far.
  private(set) var bytes = 0

  private struct Mean {
    var (count, sum) = (0, 0.0)

    mutating func add(_ hits: [Hit]) {
      count += hits.count
      for hit in hits { sum += Double(hit.score) }
    }

    var text: String { count == 0 ? "none" : fixed(sum / Double(count), 4) }
  }

  /// - Parameter ranks: those that negatives may have
  init(_ options: NegativesOptions, ranks: Range<Int>) {
    (self.options, self.ranks) = (options, ranks)
  }

  mutating func add(cut: Int, cutPairs: Int) {
    self.cut += cut
    self.cutPairs += cutPairs
  }

  /// - Parameter rows: how many were written
  mutating func add(_ mined: MinedAnchor, rows: Int) {
    self.rows += rows
    bytes += mined.anchor.count
    positives.add(mined.positives)
    negatives.add(mined.negatives)
    let lacking = options.wanted - mined.negatives.count
    guard lacking > 0 else { return }
    missing += lacking
    short += 1
    bare += mined.negatives.isEmpty ? 1 : 0
  }

  /// A line for what was made, and more for what is less than was asked for.
  /// - Parameter leftOut: how many texts each limit left out
  func lines(_ pairs: AnchorPairs, leftOut: [NegativeLimits.Limit: Int]) -> [String] {
    var lines = [
      "\(counted(rows, "row")) of \(counted(pairs.anchors.count, "anchor")) with "
        + "\(counted(positives.count, "positive")) and \(counted(negatives.count, "negative")), "
        + "from \(counted(pairs.corpus.count, "text")); mean score \(positives.text) of positives, "
        + "\(negatives.text) of negatives"
    ]
    let limits: [(NegativeLimits.Limit, String, Float?)] = [
      (.absoluteMargin, "--absolute-margin", options.absoluteMargin),
      (.relativeMargin, "--relative-margin", options.relativeMargin),
      (.highest, "--max-score", options.maxScore), (.lowest, "--min-score", options.minScore),
    ]
    for case (let limit, let name, let value?) in limits {
      guard let count = leftOut[limit], count > 0 else { continue }
      lines.append("\(name) \(value) left out \(counted(count, "candidate"))")
    }
    if short > 0 { lines.append(shortage(limits.filter { leftOut[$0.0] != nil }.map(\.1))) }
    return lines
  }

  /// - Parameter limits: the options that left texts out
  private func shortage(_ limits: [String]) -> String {
    let options =
      ["--range-max (\(ranks.upperBound))"] + (ranks.lowerBound > 0 ? ["--range-min"] : [])
    return "\(counted(short, "anchor")) got fewer than \(counted(self.options.wanted, "negative"))"
      + (bare > 0 ? ", \(grouped(bare)) of them none" : "")
      + (self.options.format == .nTuple ? ", and no row" : "")
      + ": \(grouped(missing)) are missing; for more, change "
      + (options + limits).joined(separator: ", ") + " or give more texts with --corpus"
  }

  /// `1 row`, `2,000 rows`.
  private func counted(_ count: Int, _ word: String) -> String {
    "\(grouped(count)) \(word)\(count == 1 ? "" : "s")"
  }
}
