import ModelFiles
import Tensors

/// Two rows of a matrix and their score; `first` < `second`.
package struct MinedPair: Sendable, Equatable, Ranked {
  package let first, second: Int
  package let score: Float

  /// Whether `a` ranks behind `b`: it has a lower score, or the same and later rows.
  package static func < (a: MinedPair, b: MinedPair) -> Bool {
    if a.score != b.score { return a.score < b.score }
    return (a.first, a.second) > (b.first, b.second)
  }
}

/// The closest pairs inside one set of vectors, as `paraphrase_mining` of sentence-transformers
/// 6.2.0 defines them; pairs of equal scores come in the order of rows.
package enum Mining {
  /// Pairs of which one row is among the other's `perRow` nearest, each once, by falling score.
  /// - Parameters:
  ///   - most: the largest number of pairs
  ///   - floor: the lowest score of a pair
  ///   - group: the number of rows that are searched for together
  package static func pairs(
    of matrix: Matrix, by metric: Similarity = .cosine, perRow: Int = 100, most: Int = 500_000,
    atLeast floor: Float = -.infinity, name: String, threads: Int,
    group: Int? = nil, cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> [MinedPair] {
    let search = Search(matrix, by: metric, name: name, threads: threads, cancelled: cancelled)
    var best = TopK<MinedPair>(most, atLeast: floor)
    // The last neighbour of each row so far tells whether a pair was found before.
    var last: [Hit] = []
    let group =
      group ?? Search.group(columns: matrix.columns, hits: min(perRow, matrix.rows) + 1)
    for start in stride(from: 0, to: matrix.rows, by: group) {
      let rows = start..<min(start + group, matrix.rows)
      let found = try search.nearest(
        to: Matrix(matrix.tensor.rows(rows)), count: perRow + 1, atLeast: best.threshold,
        queriesName: name)
      for (row, hits) in zip(rows, found) {
        let neighbours = hits.filter { $0.row != row }.prefix(perRow)
        let isFull = neighbours.count == perRow
        last.append(isFull ? neighbours.last ?? .worst : .worst)
        for hit in neighbours {
          let mirrored = Hit(row: row, score: hit.score)
          // Row `hit.row` was searched for before, and this row was among its neighbours.
          if hit.row < row, last[hit.row] <= mirrored { continue }
          best.offer(
            MinedPair(first: min(row, hit.row), second: max(row, hit.row), score: hit.score))
        }
      }
    }
    return best.sorted
  }
}

extension Hit {
  /// Ranks behind every other hit.
  fileprivate static let worst = Hit(row: .max, score: -.infinity)
}
