/// How much computed ids and numbers differ from recorded ones.
struct Differences {
  /// What was recorded of one row, beside what was computed of it.
  struct Row {
    let location: RowLocation
    /// Whether the ids are the same; `nil` where none were recorded.
    var hasSameIDs: Bool?
    /// `nil` where none were recorded.
    var numbers: [(expected: Double, found: Double)]?
  }

  /// The file of what was recorded.
  let golden: String
  /// Whether rows are pairs of texts and their scores.
  let isOfPairs: Bool
  private(set) var rows = 0
  private(set) var idLists = 0
  /// How many rows have other ids, and the first of them.
  private(set) var differing = 0
  private(set) var firstDiffering: RowLocation?
  private(set) var vectors = 0
  private(set) var worst: (difference: Double, location: RowLocation)?

  init(golden: String, isOfPairs: Bool) { (self.golden, self.isOfPairs) = (golden, isOfPairs) }

  mutating func add(_ rows: [Row]) {
    self.rows += rows.count
    for row in rows {
      if let hasSameIDs = row.hasSameIDs {
        idLists += 1
        if !hasSameIDs {
          differing += 1
          firstDiffering = firstDiffering ?? row.location
        }
      }
      guard let numbers = row.numbers else { continue }
      vectors += 1
      let size = numbers.reduce(1) { max($0, $1.expected.magnitude) }
      let difference = numbers.map { ($0.expected - $0.found).magnitude }.max() ?? 0
      if worst.map({ !(difference / size <= $0.difference) }) ?? true {
        worst = (difference / size, row.location)
      }
    }
  }
}
