import ModelFiles
import Tensors

/// Two rows of a matrix and how alike they are; `first` < `second`.
package struct MinedPair: Sendable, Equatable, Ranked {
  package let first, second: Int
  package let score: Float

  func precedes(_ other: MinedPair) -> Bool {
    if score != other.score { return score > other.score }
    return (first, second) < (other.first, other.second)
  }
}

/// The closest pairs inside one set of vectors, as `paraphrase_mining` of sentence-transformers
/// 6.2.0 defines them, but that equal scores come in the order of rows.
package enum Mining {
  /// Pairs of which one is among the other's `perRow` nearest, each once, by falling score.
  /// - Parameters:
  ///   - most: how many pairs at most
  ///   - floor: the lowest score of a pair
  ///   - group: how many rows are looked for together
  package static func pairs(
    of matrix: Matrix, by metric: Similarity = .cosine, perRow: Int = 100, most: Int = 500_000,
    atLeast floor: Float = -.infinity, name: String, threads: Int,
    group: Int = 1024, cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [MinedPair] {
    let search = Search(matrix, by: metric, name: name, threads: threads, cancelled: cancelled)
    var best = Best<MinedPair>(most, atLeast: floor)
    // The last of the neighbours of each row so far: whether a pair came up before is seen by it.
    var last: [Hit] = []
    for start in stride(from: 0, to: matrix.rows, by: group) {
      let rows = start..<min(start + group, matrix.rows)
      let found = try search.nearest(
        to: Matrix(matrix.tensor.rows(rows)), count: perRow + 1, atLeast: best.least,
        queriesName: name)
      for (row, hits) in zip(rows, found) {
        let neighbours = hits.filter { $0.row != row }.prefix(perRow)
        let isFull = neighbours.count == perRow
        last.append(isFull ? neighbours.last ?? .worst : .worst)
        for hit in neighbours {
          let mirrored = Hit(row: row, score: hit.score)
          // Row `hit.row` has had its turn, and this one was among its neighbours.
          if hit.row < row, !last[hit.row].precedes(mirrored) { continue }
          best.offer(
            MinedPair(first: min(row, hit.row), second: max(row, hit.row), score: hit.score))
        }
      }
    }
    return best.sorted
  }
}

extension Hit {
  /// Every other precedes it.
  fileprivate static let worst = Hit(row: .max, score: -.infinity)
}
