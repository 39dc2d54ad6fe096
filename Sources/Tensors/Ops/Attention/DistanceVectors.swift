import CKernels

/// A vector for each head and distance of two tokens, to score queries or keys with.
package struct DistanceVectors: Sendable {
  /// `[A·D, distances]`
  let columns: Tensor
  /// The column of distance 0.
  private let center: Int

  /// The distances that texts of `tokens` tokens have, and a few more before them.
  package static func distances(tokens: Int) -> Range<Int> {
    // A layout's rows: a distance then has the same row, but for whole periods of products, for any
    // number of tokens, and so the same bits.
    -SequenceLayout(lengths: [tokens]).rows..<tokens
  }

  /// - Parameter rows: `[distances, A·D]`, of `distances(tokens:)` in their order
  package init(rows: Tensor, tokens: Int) {
    let distances = Self.distances(tokens: tokens)
    precondition(rows.rows == distances.count, "\(rows.rows) rows of \(distances.count) distances")
    columns = rows.transposed()
    center = -distances.lowerBound
  }

  /// Where the vectors of one head begin, from `distance` on.
  func place(head: Int, size: Int, from distance: Int) -> Int {
    head * size * columns.columns + center + distance
  }
}

extension Tensor {
  /// The same as in a sequence whose first row is at `positions.lowerBound`, perhaps below 0: rows
  /// for distances, of which a number is drawn for the distance, however many there are.
  /// - Shapes: `[N, H]` → `[N, H]`
  package func dropped(_ dropout: Dropout?, positions: Range<Int>) -> Tensor {
    precondition(positions.count == rows, "\(positions.count) positions of \(rows) rows")
    guard let dropout else { return self }
    return masked(dropout, positions).recorded([self]) { dy in [dy.masked(dropout, positions)] }
  }

  private func masked(_ dropout: Dropout, _ positions: Range<Int>) -> Tensor {
    copied { out in
      for (row, position) in positions.enumerated() {
        let keys = dropout.keys(sequence: 0, position: position)
        ck_drop_out(
          out + row * columns, columns, keys.low, keys.high, dropout.threshold, dropout.factor)
      }
    }
  }
}
