/// What a model adds to the scores of attention because of where tokens stand.
package protocol ScoreBias: Sendable {
  /// Writes what is added to the scores, before they are scaled, of one head of one sequence:
  /// row r for query `block.queries.lowerBound + r`, column c for key `block.keys.lowerBound + c`.
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
  /// Places in the sequence.
  let queries, keys: Range<Int>
  /// `[queries, keys]`, contiguous.
  let scores: UnsafeMutablePointer<Float>
  /// As much as the bias asked for.
  let room: UnsafeMutablePointer<Float>
}

/// A number for each head and each distance between two tokens: the buckets of T5 and MPNet, and
/// ALiBi's slopes.
package struct RelativeBias: ScoreBias {
  // [A, 2·reach − 1]: distances 1 − reach … reach − 1 from key to query.
  private let table: [[Float]]
  private let reach: Int

  /// - Parameters:
  ///   - tokens: of the longest sequence that it will be used for
  ///   - value: for a head and a distance, the key's place less the query's
  package init(heads: Int, tokens: Int, _ value: (_ head: Int, _ distance: Int) -> Float) {
    reach = tokens
    table = (0..<heads).map { head in (0..<2 * tokens - 1).map { value(head, $0 - tokens + 1) } }
  }

  package func fill(_ block: ScoreBlock) {
    table[block.head].withUnsafeBufferPointer { distances in
      var row = block.scores
      for query in block.queries {
        let first = block.keys.lowerBound - query + reach - 1
        for column in 0..<block.keys.count { row[column] = distances[first + column] }
        row += block.keys.count
      }
    }
  }
}
