import CKernels

/// What tokens and distances have between them: the positions of XLNet (Dai et al., 2019) and
/// DeBERTa (He et al., 2020).
package struct RelativePositionScores: ScoreBias {
  let shape: AttentionShape
  let queries, keys: DistanceVectors?
  /// `[A·D]`, added to queries first.
  let shift: Tensor?
  let segments: SegmentScores?

  /// (qᵢ + shift) · Vⱼ₋ᵢ of the queries' vectors V, kⱼ · Wᵢ₋ⱼ of the keys' W, and what segments add,
  /// all scaled as the shape says.
  /// - Parameters:
  ///   - queries: of the distances from a query to the keys
  ///   - keys: of the distances from a key to the queries
  package init(
    _ shape: AttentionShape, queries: DistanceVectors?, shift: Tensor? = nil,
    keys: DistanceVectors? = nil, segments: SegmentScores? = nil
  ) {
    precondition(shape.keyValueHeads == shape.heads, "keys that heads share have no positions")
    (self.shape, self.queries, self.shift, self.keys) = (shape, queries, shift, keys)
    self.segments = segments
  }

  // Rows that are scored together, at most. A product takes as many distances as there are tokens
  // on the other side, and a row's are one further on than those of the row before: more rows give
  // more numbers that are not used; fewer rows, slower products. 12 to 16 is best for 28 to
  // 512 tokens.
  private static let blockRows = 16

  package func room(tokens: Int) -> Int {
    Self.blockRows * (2 * tokens + Self.blockRows + shape.size)
  }

  package func fill(_ block: ScoreBlock) {
    block.scores.update(repeating: 0, count: block.queries.count * block.keys.count)
    if let queries { add(ofQueries: queries, to: block) }
    if let keys { add(ofKeys: keys, to: block) }
    segments?.add(to: block, shape)
  }

  private func add(ofQueries vectors: DistanceVectors, to block: ScoreBlock) {
    let copies = room(of: block, after: block.keys)
    each(block.q, vectors, block, block.queries, with: block.keys) { tokens, count in
      guard let shift else { return tokens }
      for row in 0..<count {
        (copies + row * shape.size).update(from: tokens.row(row).pointer, count: shape.size)
      }
      shift.withPointer {
        ck_add_to_rows(copies, $0 + block.head * shape.size, count, shape.size)
      }
      return Operand(pointer: copies, stride: shape.size)
    } body: { rows, scored, stride in
      let first = block.scores + (rows.lowerBound - block.queries.lowerBound) * block.keys.count
      for row in 0..<rows.count {
        ck_add_to_rows(first + row * block.keys.count, scored + row * stride, 1, block.keys.count)
      }
    }
  }

  private func add(ofKeys vectors: DistanceVectors, to block: ScoreBlock) {
    let turned = room(of: block, after: block.queries)
    each(block.k, vectors, block, block.keys, with: block.queries) { tokens, _ in
      tokens
    } body: { rows, scored, stride in
      ck_transpose(turned, scored, rows.count, block.queries.count, stride)
      let first = block.scores + (rows.lowerBound - block.keys.lowerBound)
      for query in 0..<block.queries.count {
        ck_add_to_rows(
          first + query * block.keys.count, turned + query * rows.count, 1, rows.count)
      }
    }
  }

  /// The room behind that for products with `others`.
  func room(of block: ScoreBlock, after others: Range<Int>) -> UnsafeMutablePointer<Float> {
    block.room + Self.blockRows * (others.count + Self.blockRows)
  }

  /// Hands out the scores of some tokens after the other.
  /// - Parameters:
  ///   - tokens: all of the head's queries or keys
  ///   - prepare: what is first made of each block of them
  ///   - body: is told which tokens, and their scores with each of `others`, row r at r · stride
  private func each(
    _ tokens: Operand, _ vectors: DistanceVectors, _ block: ScoreBlock, _ own: Range<Int>,
    with others: Range<Int>, prepare: (_ tokens: Operand, _ count: Int) -> Operand,
    body: (_ rows: Range<Int>, _ scored: UnsafePointer<Float>, _ stride: Int) -> Void
  ) {
    let size = shape.size
    vectors.columns.withPointer { columns in
      parts(of: own, with: others) { rows, least in
        let width = others.count + rows.count - 1
        let place = vectors.place(head: block.head, size: size, from: least)
        Matmul.gemm(
          prepare(tokens.row(rows.lowerBound), rows.count),
          Operand(pointer: columns + place, stride: vectors.columns.columns),
          into: block.room, stride: width, rows.count, width, size, scale: shape.scale)
        // Each row begins one column before the row above it, which is a stride of one less.
        body(rows, block.room + rows.count - 1, width - 1)
      }
    }
  }

  /// Tokens whose products with the vectors of distances are computed together.
  /// - Parameter body: is told which tokens, and the first of their distances from `others`, which
  ///   are the last token's: row r has with token t the distance t − r
  func parts(
    of own: Range<Int>, with others: Range<Int>, _ body: (_ rows: Range<Int>, _ least: Int) -> Void
  ) {
    let most = min(
      Self.blockRows, max(1, Matmul.smallRows(beside: others.count - 1, inner: shape.size)))
    // In equal parts: a product of the last two rows would take as long as one of ten.
    let parts = (own.count + most - 1) / most
    let share = (own.count + parts - 1) / parts
    for start in stride(from: own.lowerBound, to: own.upperBound, by: share) {
      let rows = start..<min(start + share, own.upperBound)
      body(rows, others.lowerBound - (rows.upperBound - 1))
    }
  }
}

/// What XLNet adds to the scores of two tokens of different segments: the query's product with a
/// vector of each head.
package struct SegmentScores: Sendable {
  /// `[A, D]`
  let vectors: Tensor
  /// `[A·D]`, added to queries first.
  let shift: Tensor
  /// Of the N tokens.
  private let segments: [Int32]

  package init(_ vectors: Tensor, shift: Tensor, segments: [Int32]) {
    precondition(vectors.count == shift.count, "\(shift.count) numbers for \(vectors.shape)")
    (self.vectors, self.shift, self.segments) = (vectors, shift, segments)
  }

  func add(to block: ScoreBlock, _ shape: AttentionShape) {
    guard isMixed(block.sequence) else { return }
    let (start, size) = (block.head * shape.size, shape.size)
    vectors.withPointer { vectors in
      let shifted = shift.withPointer { ck_dot($0 + start, vectors + start, size) }
      for (row, query) in block.queries.enumerated() {
        let product = ck_dot(block.q.row(query).pointer, vectors + start, size)
        let added = shape.scale * (shifted + product)
        let scores = block.scores + row * block.keys.count
        others(than: query, in: block) { scores[$0] += added }
      }
    }
  }

  /// Whether a sequence has tokens of more than one segment.
  func isMixed(_ sequence: Range<Int>) -> Bool {
    let own = segments[sequence]
    return own.first.map { first in own.contains { $0 != first } } ?? false
  }

  /// The columns of the keys that are of another segment than a query is.
  func others(than query: Int, in block: ScoreBlock, _ body: (_ column: Int) -> Void) {
    let first = block.sequence.lowerBound
    segments.withUnsafeBufferPointer { segments in
      let segment = segments[first + query]
      for (column, key) in block.keys.enumerated() where segments[first + key] != segment {
        body(column)
      }
    }
  }
}
