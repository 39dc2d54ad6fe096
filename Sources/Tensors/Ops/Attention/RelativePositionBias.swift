/// A number for each head and each distance between two tokens: the buckets of T5 and MPNet, and
/// ALiBi's slopes.
package struct RelativePositionBias: ScoreBias {
  /// `[A, distances]`
  private let table: Tensor
  /// The column of distance 0.
  private let center: Int

  /// The distances between two of so many tokens, the key's position less the query's.
  package static func distances(tokens: Int) -> Range<Int> { 1 - tokens..<tokens }

  /// - Parameters:
  ///   - rows: `[distances, A]`, of `distances(tokens:)` in their order
  ///   - tokens: of the longest sequence that it will be used for
  package init(rows: Tensor, tokens: Int) {
    let distances = Self.distances(tokens: tokens)
    precondition(rows.rows == distances.count, "\(rows.rows) rows of \(distances.count) distances")
    table = rows.transposed()
    center = -distances.lowerBound
  }

  package func fill(_ block: ScoreBlock) {
    table.withPointer { table in
      let distances = table + block.head * self.table.columns + center
      for (row, query) in block.queries.enumerated() {
        (block.scores + row * block.keys.count).update(
          from: distances + (block.keys.lowerBound - query), count: block.keys.count)
      }
    }
  }
}
