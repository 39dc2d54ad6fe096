import ModelFiles

/// Rows with their scores, of which only the best may have to be kept.
struct RankedRows {
  /// A row of the input, its number, and its score; a row without one comes behind all others.
  struct Entry: Sendable {
    let row: InputRow
    let index: Int
    let score: PairScore?

    /// Whether it comes before another: by its score, and of equal ones in the input's order.
    func precedes(_ other: Entry) -> Bool {
      let (own, others) = (score?.first, other.score?.first)
      return own == others ? index < other.index : (own ?? -.infinity) > (others ?? -.infinity)
    }
  }

  /// How many are kept; `nil` for all.
  private let most: Int?
  private let threshold: Float?
  private var entries: [Entry] = []

  init(most: Int?, threshold: Float?) { (self.most, self.threshold) = (most, threshold) }

  mutating func add(_ entry: Entry) {
    // What was not read has no score that could be too low.
    if let threshold, let score = entry.score, score.first < threshold { return }
    entries.append(entry)
    // A few times as many are sorted rarely, and are not many.
    guard let most, most <= (entries.count - 64) / 2 else { return }
    entries = Array(sorted)
  }

  /// The best first.
  var sorted: ArraySlice<Entry> {
    entries.sorted { $0.precedes($1) }.prefix(most ?? .max)
  }
}
