/// What a model adds to the scaled scores of attention because of where tokens stand.
package protocol ScoreBias: Sendable {
  /// Writes it for one head of one sequence: row r for query `block.queries.lowerBound + r`, column
  /// c for key `block.keys.lowerBound + c`.
  func fill(_ block: ScoreBlock)
  /// The floats of memory it needs beside the scores, for texts of up to `tokens` tokens.
  func room(tokens: Int) -> Int
}

extension ScoreBias {
  package func room(tokens: Int) -> Int { 0 }
}

/// A part of one head's scores of one sequence: some queries by some keys.
package struct ScoreBlock {
  let head: Int
  /// The rows of the whole sequence in the batch.
  let sequence: Range<Int>
  /// Positions in the sequence.
  let queries, keys: Range<Int>
  /// The head's queries and keys, of all positions: `[T, D]`.
  let q, k: Operand
  /// `[queries, keys]`, contiguous.
  let scores: UnsafeMutablePointer<Float>
  /// As much as the bias asked for.
  let room: UnsafeMutablePointer<Float>
}

/// A number for each head and each distance between two tokens: the buckets of T5 and MPNet, and
/// ALiBi's slopes.
package struct RelativePositionBias: ScoreBias {
  /// `[A, distances]`
  private let table: Tensor
  /// The column of distance 0.
  private let center: Int

  /// The distances between two of `tokens` tokens, the key's position less the query's.
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
