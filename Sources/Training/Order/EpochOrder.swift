/// Some rows of one set, which are one batch.
package struct RowBatch: Sendable, Equatable {
  /// Which of the sets.
  package let set: Int
  package let rows: [Int]

  package init(set: Int, rows: [Int]) { (self.set, self.rows) = (set, rows) }
}

/// The batches of one epoch in their order, as sentence-transformers draws them.
package struct EpochOrder: Sendable {
  private var shuffle: Shuffle
  private var sets: [any BatchOrder]
  private var turns: Turns

  /// Whose batch is the next one.
  private enum Turns {
    /// A batch of each set until one has none; the rest of a turn that is drawn already.
    case roundRobin([RowBatch])
    /// All turns, drawn when the first is asked for; and how many were had.
    case proportional([Int]?, taken: Int)
  }

  init(_ sets: [any BatchOrder], _ sampler: MultiDatasetSampler, _ shuffle: Shuffle) {
    (self.sets, self.shuffle) = (sets, shuffle)
    // One set alone has nobody to take turns with, and draws nothing for it.
    turns =
      sets.count == 1 || sampler == .roundRobin ? .roundRobin([]) : .proportional(nil, taken: 0)
  }

  package mutating func next() -> RowBatch? {
    switch turns {
    case .roundRobin(let drawn): nextInTurn(drawn)
    case .proportional(let drawn, let taken): next(of: drawn ?? drawnTurns(), taken)
    }
  }

  private mutating func nextInTurn(_ drawn: [RowBatch]) -> RowBatch? {
    var drawn = drawn
    if drawn.isEmpty {
      for set in sets.indices {
        guard let rows = sets[set].next(&shuffle) else {
          // What others gave in this turn is dropped, and nobody has another.
          sets = []
          return nil
        }
        drawn.append(RowBatch(set: set, rows: rows))
      }
    }
    guard let first = drawn.first else { return nil }
    turns = .roundRobin(Array(drawn.dropFirst()))
    return first
  }

  private mutating func next(of drawn: [Int], _ taken: Int) -> RowBatch? {
    var taken = taken
    defer { turns = .proportional(drawn, taken: taken) }
    while taken < drawn.count {
      let set = drawn[taken]
      taken += 1
      // A set may have fewer batches than it was estimated to have.
      if let rows = sets[set].next(&shuffle) { return RowBatch(set: set, rows: rows) }
    }
    return nil
  }

  private mutating func drawnTurns() -> [Int] {
    let lengths = sets.map(\.estimatedLength)
    let all = lengths.indices.flatMap { Array(repeating: $0, count: lengths[$0]) }
    guard shuffle.isShuffled else { return Self.spread(lengths) }
    return shuffle.permutation(all.count).map { all[$0] }
  }

  /// The turns of sets that are not shuffled: each set's batches as evenly over the epoch as they
  /// go, not one set after the other.
  private static func spread(_ lengths: [Int]) -> [Int] {
    let places = lengths.indices.flatMap { set in
      (0..<lengths[set]).map { (place: (Double($0) + 0.5) / Double(lengths[set]), set: set) }
    }
    return places.sorted { $0 < $1 }.map(\.set)
  }
}
