import ModelFiles

/// `group_by_label`: the labels in turn, two rows of each.
struct LabelOrder: BatchOrder {
  let batchSize: Int
  let dropLast: Bool
  /// The rows of each label that has two or more, in the order of the first of each.
  private let groups: [[Int]]
  private var left: [ArraySlice<Int>]?
  /// The labels of this round, and how many had their turn.
  private var round: [Int] = []
  private var turns = 0
  private var isOver = false

  /// - Parameter labels: of each row, as numbers that differ where labels do
  init(_ labels: [Int], batchSize: Int, dropLast: Bool, name: String) throws {
    guard batchSize >= 4, batchSize % 2 == 0 else {
      throw FileError(
        "the batch size of \(name) is \(batchSize), but `group_by_label` takes two rows of each of "
          + "two classes or more; choose an even one of at least 4")
    }
    var groups: [[Int]] = []
    var places: [Int: Int] = [:]
    for (row, label) in labels.enumerated() {
      let place = places[label, default: groups.count]
      if place == groups.count {
        places[label] = place
        groups.append([])
      }
      groups[place].append(row)
    }
    self.groups = groups.filter { $0.count > 1 }
    guard self.groups.count > 1 else {
      throw FileError(
        "\(name) has \(self.groups.count) classes of two rows or more, but `group_by_label` needs "
          + "two; choose `batch_sampler`, or give more rows")
    }
    (self.batchSize, self.dropLast) = (batchSize, dropLast)
  }

  var estimatedLength: Int {
    let pairs = groups.map { $0.count / 2 }.sorted(by: >)
    // With the second largest class all but one are at their end.
    let rows = 2 * pairs.reduce(0) { $0 + min($1, pairs[1]) }
    return rows / batchSize + (!dropLast && rows % batchSize >= 4 ? 1 : 0)
  }

  mutating func next(_ shuffle: inout Shuffle) -> [Int]? {
    guard !isOver else { return nil }
    if left == nil {
      shuffle.restart()
      left = groups.map { group in
        shuffle.permutation(group.count).prefix(group.count / 2 * 2).map { group[$0] }[...]
      }
      (round, turns) = (Array(groups.indices), groups.count)
    }
    var batch: [Int] = []
    while batch.count < batchSize {
      if turns == round.count, !beginRound(&shuffle, inBatch: !batch.isEmpty) {
        isOver = true
        return dropLast || batch.count < 4 ? nil : batch
      }
      let label = round[turns]
      turns += 1
      batch += left?[label].prefix(2) ?? []
      left?[label].removeFirst(2)
    }
    return batch
  }

  /// Draws the order of the labels that have rows left; false where there are no two.
  private mutating func beginRound(_ shuffle: inout Shuffle, inBatch: Bool) -> Bool {
    // At the first round this is no label's turn before, but then there is no batch either.
    let last = round.last
    let labels = round.filter { left?[$0].isEmpty == false }
    guard labels.count > 1 else { return false }
    round = shuffle.permutation(labels.count).map { labels[$0] }
    // The same label twice in a row would be one label's four rows in the batch.
    if inBatch, round[0] == last { round.swapAt(0, 1) }
    turns = 0
    return true
  }
}
