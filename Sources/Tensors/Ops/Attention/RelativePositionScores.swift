import CKernels

/// A vector for each head and distance of two tokens, to score queries or keys with.
package struct DistanceVectors: Sendable {
  /// `[A·D, distances]`
  fileprivate let columns: Tensor
  /// The column of distance 0.
  fileprivate let center: Int

  /// The distances that texts of so many tokens have, a few more before them.
  package static func distances(tokens: Int) -> Range<Int> {
    // A distance's row has the same place in the period of products for any number of tokens, and
    // so the same bits.
    let period = Matmul.rowPeriod
    return -((tokens + period - 1) / period * period)..<tokens
  }

  /// - Parameter rows: `[distances, A·D]`, of `distances(tokens:)` in their order
  package init(rows: Tensor, tokens: Int) {
    let distances = Self.distances(tokens: tokens)
    precondition(rows.rows == distances.count, "\(rows.rows) rows of \(distances.count) distances")
    columns = rows.transposed()
    center = -distances.lowerBound
  }

  /// The columns from `distance` on of one head, as the right side of a product.
  fileprivate func operand(
    _ pointer: UnsafePointer<Float>, head: Int, size: Int, from distance: Int
  ) -> Operand {
    Operand(pointer: pointer, stride: columns.columns).row(head * size, center + distance)
  }
}

/// What tokens and distances have between them: the positions of XLNet (Dai et al., 2019) and
/// DeBERTa (He et al., 2020).
package struct RelativePositionScores: ScoreBias {
  /// Queries or keys, and what each of them is multiplied by.
  package struct Term: Sendable {
    let tokens: Columns
    let vectors: DistanceVectors
    /// `[A·D]`, added to the tokens' rows first.
    let shift: Tensor?

    /// - Parameters:
    ///   - tokens: `[N, A·D]`
    ///   - vectors: of the distances from these tokens to those they are scored with
    package init(_ tokens: Columns, _ vectors: DistanceVectors, shift: Tensor? = nil) {
      (self.tokens, self.vectors, self.shift) = (tokens, vectors, shift)
    }
  }

  /// D, the columns of a head.
  private let size: Int
  private let queries, keys: Term?
  private let segments: SegmentScores?

  /// (qᵢ + shift) · Vⱼ₋ᵢ of the queries' vectors V, kⱼ · Wᵢ₋ⱼ of the keys' W, and what segments add.
  package init(size: Int, queries: Term?, keys: Term? = nil, segments: SegmentScores? = nil) {
    (self.size, self.queries, self.keys, self.segments) = (size, queries, keys, segments)
  }

  // Rows that are scored together, at most. A product takes as many distances as there are tokens
  // on the other side, and a row's are one further on than those of the row before: more rows, more
  // numbers that are nobody's; fewer, slower products. From 12 to 16 is best for 28 to 512 tokens.
  private static let blockRows = 16

  package func room(tokens: Int) -> Int {
    Self.blockRows * (2 * tokens + Self.blockRows + size)
  }

  package func fill(_ block: ScoreBlock) {
    block.scores.update(repeating: 0, count: block.queries.count * block.keys.count)
    if let queries {
      each(queries, block, block.queries, with: block.keys) { rows, scored, stride in
        let first = block.scores + (rows.lowerBound - block.queries.lowerBound) * block.keys.count
        for row in 0..<rows.count {
          ck_add_to_rows(
            first + row * block.keys.count, scored + row * stride, 1, block.keys.count)
        }
      }
    }
    if let keys {
      let turned = room(of: block, after: block.queries)
      each(keys, block, block.keys, with: block.queries) { rows, scored, stride in
        ck_transpose(turned, scored, rows.count, block.queries.count, stride)
        let first = block.scores + (rows.lowerBound - block.keys.lowerBound)
        for query in 0..<block.queries.count {
          ck_add_to_rows(
            first + query * block.keys.count, turned + query * rows.count, 1, rows.count)
        }
      }
    }
    segments?.add(to: block, size: size)
  }

  /// The room behind that for products with `others`.
  private func room(
    of block: ScoreBlock, after others: Range<Int>
  ) -> UnsafeMutablePointer<Float> {
    block.room + Self.blockRows * (others.count + Self.blockRows)
  }

  /// Hands out the scores of some tokens after the other: which tokens, and their scores with each
  /// of `others`, row r at r · stride.
  private func each(
    _ term: Term, _ block: ScoreBlock, _ own: Range<Int>, with others: Range<Int>,
    _ body: (_ rows: Range<Int>, _ scored: UnsafePointer<Float>, _ stride: Int) -> Void
  ) {
    let most = min(
      Self.blockRows, max(1, Matmul.smallRows(beside: others.count - 1, inner: size)))
    // In equal parts: a product of the last two rows would take as long as one of ten.
    let parts = (own.count + most - 1) / most
    let share = (own.count + parts - 1) / parts
    term.tokens.withOperand { tokens in
      term.vectors.columns.withPointer { columns in
        for start in stride(from: own.lowerBound, to: own.upperBound, by: share) {
          let rows = start..<min(start + share, own.upperBound)
          let place = tokens.row(block.sequence.lowerBound + start, block.head * size)
          // Row r has with token t the distance t − (start + r): the last row's first is the least.
          let least = others.lowerBound - (rows.upperBound - 1)
          let width = others.count + rows.count - 1
          Matmul.gemm(
            shifted(place, term, block, rows.count, room(of: block, after: others)),
            term.vectors.operand(columns, head: block.head, size: size, from: least),
            into: block.room, stride: width, rows.count, width, size)
          // Each row begins one column before the row above it, which is a stride of one less.
          body(rows, block.room + rows.count - 1, width - 1)
        }
      }
    }
  }

  /// Some tokens' columns of one head, with the term's shift where it has one.
  private func shifted(
    _ place: Operand, _ term: Term, _ block: ScoreBlock, _ rows: Int,
    _ copy: UnsafeMutablePointer<Float>
  ) -> Operand {
    guard let shift = term.shift else { return place }
    for row in 0..<rows {
      (copy + row * size).update(from: place.row(row).pointer, count: size)
    }
    shift.withPointer { ck_add_to_rows(copy, $0 + block.head * size, rows, size) }
    return Operand(pointer: copy, stride: size)
  }
}
