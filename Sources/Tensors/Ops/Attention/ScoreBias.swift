/// What a model adds to the scaled scores of attention because of where tokens stand.
package protocol ScoreBias: Sendable {
  /// Writes it for one head of one sequence: row r for query `block.queries.lowerBound + r`, column
  /// c for key `block.keys.lowerBound + c`.
  func fill(_ block: ScoreBlock)
  /// How many floats of room it needs beside the scores, of texts of up to so many tokens.
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
