import CKernels

extension Tensor {
  /// softmax(scale · Q Kᵀ + bias) V within each sequence, head by head, in float32.
  /// - Parameter queries: the rows to compute; all by default
  /// - Shapes: Q, K and V side by side `[N, A·D + 2·A'·D]` → `[N, A·D]`, or as many rows as
  ///   `queries.alone` has
  func attention(
    _ layout: SequenceLayout, _ shape: AttentionShape, bias: (any ScoreBias)? = nil,
    queries: SequenceLayout? = nil
  ) -> Tensor {
    precondition(columns == shape.projectedWidth, "\(columns) columns of \(shape)")
    let (targets, queries) = (queries?.alone ?? layout, queries ?? layout)
    return Tensor([targets.rows, shape.width]) { out in
      guard let start = out.baseAddress, layout.longest > 0 else { return }
      nonisolated(unsafe) let out = start
      Parallel.split(shape.heads, unit: shape.sharing) { heads in
        let scratch = AttentionScratch(shape, heads, longest: layout.longest, bias: bias)
        withPointer { projected in
          let projected = Operand(pointer: projected, stride: columns)
          for sequence in 0..<layout.count where !queries[sequence].isEmpty {
            let rows = layout[sequence]
            scratch.attend(
              projected.row(rows.lowerBound), rows,
              queries.positions(sequence, in: layout),
              into: out + targets[sequence].lowerBound * shape.width)
          }
        }
      }
      for gap in targets.padding {
        (out + gap.lowerBound * shape.width).update(repeating: 0, count: gap.count * shape.width)
      }
    }
  }
}

/// Attention of some heads of one sequence after another, in memory that all of them use.
private struct AttentionScratch {
  private let shape: AttentionShape
  /// The heads that are its business.
  private let heads: Range<Int>
  private let bias: (any ScoreBias)?
  private let storage: Storage
  /// Room for Kᵀ, `[A'·D, T]`, then for the scores of a block of queries, `[block, T]`, then for
  /// the bias.
  private let transposedCount, scoreCount: Int

  init(_ shape: AttentionShape, _ heads: Range<Int>, longest: Int, bias: (any ScoreBias)?) {
    (self.shape, self.heads, self.bias) = (shape, heads, bias)
    transposedCount = shape.keyValueWidth * longest
    // Of any T up to the longest: a block of queries has T² scores at most, and no more than
    // `blockRows` lets it have.
    let most = max(longest, Matmul.smallMatrixLimit / max(1, shape.size))
    scoreCount = min(longest * longest, most)
    storage = Storage(
      count: transposedCount + scoreCount + (bias?.room(tokens: longest) ?? 0))
  }

  /// Queries that are scored together: as many as OpenBLAS' small-matrix kernels take, which pack
  /// nothing and so score at 1.7 times the ordinary rate; at least one.
  private func blockRows(_ tokens: Int) -> Int {
    let whole = Matmul.smallMatrixLimit / max(1, shape.size) / tokens
    guard let span = shape.mask.span, span < tokens else { return min(tokens, max(1, whole)) }
    return min(tokens, max(1, whole, Matmul.smallRows(beside: span, inner: shape.size)))
  }

  /// One sequence of T tokens, at least one.
  /// - Parameter queries: the positions whose tokens are asked for
  /// - Shapes: projected `[T, A·D + 2·A'·D]`, out `[queries, A·D]`
  func attend(
    _ projected: Operand, _ sequence: Range<Int>, _ queries: Range<Int>,
    into out: UnsafeMutablePointer<Float>
  ) {
    guard let transposed = storage.floats.baseAddress else { return }
    let (tokens, size) = (sequence.count, shape.size)
    let keyHeads = heads.lowerBound / shape.sharing..<(heads.upperBound - 1) / shape.sharing + 1
    // For all heads at once: each has D rows of T numbers.
    let keys = projected.row(0, shape.width + keyHeads.lowerBound * size)
    ck_transpose(transposed, keys.pointer, tokens, keyHeads.count * size, keys.stride)
    let block = blockRows(tokens)
    for head in heads {
      let keyHead = head / shape.sharing
      let operands = HeadOperands(
        queries: projected.row(0, head * size),
        keys: projected.row(0, shape.width + keyHead * size),
        transposedKeys: Operand(
          pointer: transposed + (keyHead - keyHeads.lowerBound) * size * tokens, stride: tokens),
        values: projected.row(0, shape.width + shape.keyValueWidth + keyHead * size))
      for start in stride(from: queries.lowerBound, to: queries.upperBound, by: block) {
        attend(
          operands, head, sequence, start..<min(start + block, queries.upperBound),
          into: out + (start - queries.lowerBound) * shape.width + head * size)
      }
    }
    withExtendedLifetime(storage) {}
  }

  /// A block of queries of one head.
  private func attend(
    _ operands: HeadOperands, _ head: Int, _ sequence: Range<Int>, _ queries: Range<Int>,
    into out: UnsafeMutablePointer<Float>
  ) {
    guard let scores = storage.floats.baseAddress.map({ $0 + transposedCount }) else { return }
    let tokens = sequence.count
    let keys = shape.mask.keys(of: queries, tokens: tokens)
    bias?.fill(
      ScoreBlock(
        head: head, sequence: sequence, queries: queries, keys: keys, q: operands.queries,
        k: operands.keys, scores: scores, room: scores + scoreCount))
    // Scores meet a bias scaled. Without one softmax scales them, which rounds less.
    Matmul.gemm(
      operands.queries.row(queries.lowerBound),
      operands.transposedKeys.row(0, keys.lowerBound), into: scores, stride: keys.count,
      queries.count, keys.count, shape.size, scale: bias == nil ? 1 : shape.scale,
      beta: bias == nil ? 0 : 1)
    weigh(scores, queries, keys, tokens: tokens, scale: bias == nil ? shape.scale : 1)
    Matmul.gemm(
      Operand(pointer: scores, stride: keys.count), operands.values.row(keys.lowerBound),
      into: out, stride: shape.width, queries.count, shape.size, keys.count)
  }

  /// Scores become weights: each row's softmax over the keys that its query looks at, 0 for others.
  /// - Shapes: `[queries, keys]`
  private func weigh(
    _ scores: UnsafeMutablePointer<Float>, _ queries: Range<Int>, _ keys: Range<Int>, tokens: Int,
    scale: Float
  ) {
    guard !shape.mask.isWhole(tokens: tokens) else {
      return ck_softmax(scores, queries.count, keys.count, scale)
    }
    var row = scores
    for query in queries {
      let own = shape.mask.keys(of: query, tokens: tokens)
      row.update(repeating: 0, count: own.lowerBound - keys.lowerBound)
      ck_softmax(row + (own.lowerBound - keys.lowerBound), 1, own.count, scale)
      (row + (own.upperBound - keys.lowerBound)).update(
        repeating: 0, count: keys.upperBound - own.upperBound)
      row += keys.count
    }
  }
}

/// The columns of one head in a sequence: `[T, D]` each, and keys also as `[D, T]`.
private struct HeadOperands {
  let queries, keys, transposedKeys, values: Operand
}
