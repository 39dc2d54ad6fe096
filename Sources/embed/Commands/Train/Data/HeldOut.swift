import ModelFiles
import Training
import Vectors

/// A share of the rows that is kept back to evaluate on.
enum HeldOut {
  /// Which rows of each set are trained on and which are held out, in their order.
  typealias Rows = (trained: [Int], held: [Int])

  /// Divides the rows of sets by the seed, so that no text is on both sides: rows that share one,
  /// of whatever column or set, go together.
  /// - Throws: where that leaves nothing on one side
  static func rows(of sets: [TrainingSet], share: Double, seed: Int) throws -> [Rows] {
    let groups = Self.groups(sets)
    // The last row is never held out.
    let most = sets.map { min($0.rows - 1, Int((Double($0.rows) * share).rounded(.up))) }
    var generator = TorchGenerator(seed: seed)
    var held = sets.map { [Bool](repeating: false, count: $0.rows) }
    var counts = sets.map { _ in 0 }
    for group in generator.permutation(groups.count) {
      var sizes = sets.map { _ in 0 }
      for row in groups[group] { sizes[row.set] += 1 }
      guard counts.indices.allSatisfy({ counts[$0] + sizes[$0] <= most[$0] }) else { continue }
      for row in groups[group] { held[row.set][row.row] = true }
      for set in counts.indices { counts[set] += sizes[set] }
    }
    for (set, count) in zip(sets, counts) where count == 0 {
      throw FileError(
        "\(set.name): no \(decimal(share * 100)) % of its \(set.rows) rows can be held out, as "
          + "rows "
          + "that share a text stay together; evaluate on a file: --evaluate FILE")
    }
    return held.map { held in
      (held.indices.filter { !held[$0] }, held.indices.filter { held[$0] })
    }
  }

  /// Rows that are joined by texts, in the order of each group's first row.
  private static func groups(_ sets: [TrainingSet]) -> [[(set: Int, row: Int)]] {
    var starts: [Int] = []
    var total = 0
    for set in sets {
      starts.append(total)
      total += set.rows
    }
    var rows = DisjointSets(count: total)
    var first: [[UInt8]: Int] = [:]
    for (set, start) in zip(sets, starts) {
      for column in set.columns {
        for (row, text) in column.texts.enumerated() {
          let own = rows.root(of: start + row)
          let other = rows.root(of: first[text, default: start + row])
          first[text] = first[text] ?? own
          // The smaller number is the root, so that each group is known by its first row.
          rows.join(max(other, own), to: min(other, own))
        }
      }
    }
    var groups: [Int: [(set: Int, row: Int)]] = [:]
    for (set, start) in zip(sets.indices, starts) {
      for row in 0..<sets[set].rows {
        groups[rows.root(of: start + row), default: []].append((set, row))
      }
    }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }
}
