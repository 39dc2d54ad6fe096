/// Which texts go through the model together.
enum Batcher {
  /// Cuts texts into micro-batches of about equal numbers of tokens, none much over the budget,
  /// longest texts first; at least as many as there are workers, and a multiple of that, so that
  /// all workers end together.
  /// - Parameter lengths: each text's tokens
  /// - Returns: the numbers of the texts in each batch
  static func batches(lengths: [Int], budget: Int, workers: Int) -> [[Int]] {
    let order = lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
    let total = lengths.reduce(0, +)
    let (budget, workers) = (max(1, budget), max(1, workers))
    let rounds = (total + budget * workers - 1) / (budget * workers)
    let share = max(1, (total + rounds * workers - 1) / max(1, rounds * workers))
    var batches: [[Int]] = []
    var taken = 0
    for index in order {
      // A text belongs to the batch in whose share of all tokens it begins.
      if taken >= batches.count * share { batches.append([]) }
      batches[batches.count - 1].append(index)
      taken += lengths[index]
    }
    return batches
  }
}
