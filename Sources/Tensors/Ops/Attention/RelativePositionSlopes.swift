import CKernels

extension RelativePositionScores {
  package var operands: [Tensor] {
    [queries?.columns, keys?.columns, shift, segments?.vectors, segments?.shift].compactMap { $0 }
  }

  package func gradient() -> any ScoreBiasGradient { RelativePositionSlopes(self) }
}

/// The way back through RelativePositionScores. Of the queries, with V the vectors of distances,
///   S[i, j] = scale · (qᵢ + shift) · Vⱼ₋ᵢ, so
///   dqᵢ = scale · Σ dS[i, j] Vⱼ₋ᵢ, dshift = Σ dqᵢ, dVₜ = scale · Σ dS[i, i + t] (qᵢ + shift);
/// of the keys the same, with dSᵀ and without a shift.
private struct RelativePositionSlopes: ScoreBiasGradient {
  private let scores: RelativePositionScores
  private var shape: AttentionShape { scores.shape }
  private let queries, keys, shift, segments, segmentShift: HeadSums?

  init(_ scores: RelativePositionScores) {
    self.scores = scores
    queries = HeadSums(scores.queries?.columns)
    keys = HeadSums(scores.keys?.columns)
    shift = HeadSums(scores.shift)
    segments = HeadSums(scores.segments?.vectors)
    segmentShift = HeadSums(scores.segments?.shift)
  }

  var slopes: [Tensor?] {
    let all = [
      (scores.queries?.columns, queries), (scores.keys?.columns, keys), (scores.shift, shift),
      (scores.segments?.vectors, segments), (scores.segments?.shift, segmentShift),
    ]
    return all.compactMap { operand, sums in operand.map { _ in sums?.tensor } }
  }

  func add(_ block: ScoreBlock, _ slope: ScoreBlockSlope) {
    if let vectors = scores.queries { add(ofQueries: vectors, block, slope) }
    if let vectors = scores.keys { add(ofKeys: vectors, block, slope) }
    if let segments = scores.segments { add(of: segments, block, slope) }
  }

  private func add(
    ofQueries vectors: DistanceVectors, _ block: ScoreBlock, _ slope: ScoreBlockSlope
  ) {
    let (size, spread) = (shape.size, block.room)
    // First what queries and shift get, then the shifted queries.
    let copies = scores.room(of: block, after: block.keys)
    scores.parts(of: block.queries, with: block.keys) { rows, least in
      let width = spreadOut(
        slope.scores.row(rows.lowerBound - block.queries.lowerBound), rows.count, block.keys.count,
        into: spread)
      multiply(spread, by: vectors, block.head, from: least, rows.count, width, into: copies, size)
      for row in 0..<rows.count {
        ck_add_to_rows(
          slope.q + (rows.lowerBound + row) * slope.stride, copies + row * size, 1, size)
      }
      if let shift { ck_sum_rows(shift.from(block.head * size), copies, rows.count, size) }
      guard let queries else { return }
      copyShifted(block, rows, into: copies)
      let place = vectors.place(head: block.head, size: size, from: least)
      Matmul.gemm(
        Operand(pointer: copies, stride: size), Operand(pointer: spread, stride: width),
        transposedLeft: true, into: queries.from(place), stride: vectors.columns.columns, size,
        width, rows.count, scale: shape.scale, beta: 1)
    }
  }

  private func add(
    ofKeys vectors: DistanceVectors, _ block: ScoreBlock, _ slope: ScoreBlockSlope
  ) {
    let (size, spread) = (shape.size, block.room)
    let turned = scores.room(of: block, after: block.queries)
    scores.parts(of: block.keys, with: block.queries) { rows, least in
      ck_transpose(
        turned, slope.scores.row(0, rows.lowerBound - block.keys.lowerBound).pointer,
        block.queries.count, rows.count, slope.scores.stride)
      let width = spreadOut(
        Operand(pointer: turned, stride: block.queries.count), rows.count, block.queries.count,
        into: spread)
      multiply(
        spread, by: vectors, block.head, from: least, rows.count, width,
        into: slope.k + rows.lowerBound * slope.stride, slope.stride, beta: 1)
      guard let keys else { return }
      let place = vectors.place(head: block.head, size: size, from: least)
      Matmul.gemm(
        block.k.row(rows.lowerBound), Operand(pointer: spread, stride: width),
        transposedLeft: true, into: keys.from(place), stride: vectors.columns.columns, size,
        width, rows.count, scale: shape.scale, beta: 1)
    }
  }

  /// Rows of some tokens' derivatives, each one place before the row above it, so that columns are
  /// distances; zeros where a token has no such distance.
  /// - Returns: the number of columns
  private func spreadOut(
    _ slopes: Operand, _ rows: Int, _ columns: Int, into out: UnsafeMutablePointer<Float>
  ) -> Int {
    let width = columns + rows - 1
    out.update(repeating: 0, count: rows * width)
    for row in 0..<rows {
      (out + row * width + rows - 1 - row).update(from: slopes.row(row).pointer, count: columns)
    }
    return width
  }

  /// out = scale · spread · Vᵀ, or that plus out.
  /// - Shapes: spread `[rows, width]`, V `[D, width]`, out `[rows, D]`
  private func multiply(
    _ spread: UnsafePointer<Float>, by vectors: DistanceVectors, _ head: Int, from least: Int,
    _ rows: Int, _ width: Int, into out: UnsafeMutablePointer<Float>, _ stride: Int,
    beta: Float = 0
  ) {
    let place = vectors.place(head: head, size: shape.size, from: least)
    vectors.columns.withPointer { columns in
      Matmul.gemm(
        Operand(pointer: spread, stride: width),
        Operand(pointer: columns + place, stride: vectors.columns.columns), transposed: true,
        into: out, stride: stride, rows, shape.size, width, scale: shape.scale, beta: beta)
    }
  }

  /// Some queries with the shift added, where there is one.
  private func copyShifted(
    _ block: ScoreBlock, _ rows: Range<Int>, into copies: UnsafeMutablePointer<Float>
  ) {
    for (row, query) in rows.enumerated() {
      (copies + row * shape.size).update(from: block.q.row(query).pointer, count: shape.size)
    }
    scores.shift?.withPointer {
      ck_add_to_rows(copies, $0 + block.head * shape.size, rows.count, shape.size)
    }
  }

  /// S[i, j] = scale · (qᵢ + shift) · w where the segments of i and j differ, so with gᵢ the scaled
  /// sum of those dS[i, j]: dqᵢ = gᵢ w, dshift = Σ gᵢ w, dw = Σ gᵢ (qᵢ + shift).
  private func add(of segments: SegmentScores, _ block: ScoreBlock, _ slope: ScoreBlockSlope) {
    guard segments.isMixed(block.sequence) else { return }
    let (start, size) = (block.head * shape.size, shape.size)
    var total: Float = 0
    segments.vectors.withPointer { vectors in
      for (row, query) in block.queries.enumerated() {
        var sum: Float = 0
        let slopes = slope.scores.row(row).pointer
        segments.others(than: query, in: block) { sum += slopes[$0] }
        let scaled = shape.scale * sum
        total += scaled
        ck_add_scaled(slope.q + query * slope.stride, vectors + start, scaled, size)
        guard let sums = self.segments else { continue }
        ck_add_scaled(sums.from(start), block.q.row(query).pointer, scaled, size)
      }
      if let segmentShift { ck_add_scaled(segmentShift.from(start), vectors + start, total, size) }
    }
    guard let sums = self.segments else { return }
    segments.shift.withPointer { ck_add_scaled(sums.from(start), $0 + start, total, size) }
  }
}
