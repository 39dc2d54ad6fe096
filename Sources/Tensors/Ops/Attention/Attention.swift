import CKernels

/// How an attention is laid out: heads, their scale, and who looks at whom.
package struct AttentionShape: Sendable {
  /// A, the heads of the queries.
  package let count: Int
  /// The heads of keys and values, each of which serves `count / keyValueHeads` heads of queries.
  package let keyValueHeads: Int
  /// What scores are multiplied by; 1/√D unless said.
  let scale: Float?
  let mask: AttentionMask

  package init(
    _ count: Int, keyValueHeads: Int? = nil, scale: Float? = nil, mask: AttentionMask = .all
  ) {
    self.count = count
    self.keyValueHeads = keyValueHeads ?? count
    self.scale = scale
    self.mask = mask
    precondition(count % self.keyValueHeads == 0, "\(count) heads share \(self.keyValueHeads)")
  }
}

extension Tensor {
  /// softmax(scale · (Q Kᵀ + bias)) V within each sequence, head by head.
  ///
  /// What a token gets depends on its own sequence alone, and so do the shapes of all products:
  /// the same text gives the same bits in any batch.
  /// - Parameter edge: the one token of each sequence that is asked for; all unless said
  /// - Shapes: Q `[N, A·D]`, K and V `[N, A'·D]` with A' heads of keys → `[N, A·D]`, or as many
  ///   rows as `layout.keeping(edge)` has
  package static func attention(
    _ queries: Columns, _ keys: Columns, _ values: Columns, _ layout: SequenceLayout,
    _ heads: AttentionShape, bias: (any ScoreBias)? = nil, only edge: Edge? = nil
  ) -> Tensor {
    let width = queries.width
    let size = width / heads.count
    precondition(width == heads.count * size && keys.width == heads.keyValueHeads * size)
    precondition(values.width == keys.width, "values are as wide as keys")
    let targets = layout.keeping(edge)
    return Tensor([targets.rows, width]) { out in
      guard let start = out.baseAddress, layout.longest > 0 else { return }
      nonisolated(unsafe) let out = start
      Parallel.split(heads.count, unit: heads.count / heads.keyValueHeads) { part in
        let scratch = AttentionScratch(
          heads, part, size: size, longest: layout.longest, bias: bias)
        queries.withOperand { q in
          keys.withOperand { k in
            values.withOperand { v in
              for sequence in 0..<layout.count where !layout[sequence].isEmpty {
                let rows = layout[sequence]
                scratch.attend(
                  q.row(rows.lowerBound), k.row(rows.lowerBound), v.row(rows.lowerBound),
                  into: out + targets[sequence].lowerBound * width, rows,
                  Edge.places(edge, tokens: rows.count))
              }
            }
          }
        }
      }
      for gap in targets.padding {
        (out + gap.lowerBound * width).update(repeating: 0, count: gap.count * width)
      }
    }
  }
}

/// Attention of some heads of one sequence after another, in memory that all of them use.
private struct AttentionScratch {
  private let heads: AttentionShape
  /// The heads that are its business.
  private let part: Range<Int>
  /// D, the columns of a head.
  private let size: Int
  private let scale: Float
  private let bias: (any ScoreBias)?
  private let storage: Storage
  /// Room for Kᵀ, `[A'·D, T]`, then for the scores of a block of queries, `[block, T]`, then for
  /// the bias.
  private let transposedCount, scoreCount: Int

  init(
    _ heads: AttentionShape, _ part: Range<Int>, size: Int, longest: Int, bias: (any ScoreBias)?
  ) {
    self.heads = heads
    self.part = part
    self.size = size
    self.bias = bias
    scale = heads.scale ?? 1 / Float(size).squareRoot()
    transposedCount = heads.keyValueHeads * size * longest
    // Of any T up to the longest: a block of queries has T² scores at most, and no more than
    // `blockRows` lets it have.
    let most = max(longest, Matmul.smallMatrixLimit / max(1, size))
    scoreCount = min(longest * longest, most)
    storage = Storage(
      count: transposedCount + scoreCount + (bias?.room(tokens: longest) ?? 0))
  }

  /// Queries that are scored together: as many as OpenBLAS' small-matrix kernels take, which pack
  /// nothing and so score at 1.7 times the ordinary rate; at least one.
  private func blockRows(_ tokens: Int) -> Int {
    let whole = Matmul.smallMatrixLimit / max(1, size) / tokens
    guard let span = heads.mask.span, span < tokens else { return min(tokens, max(1, whole)) }
    return min(tokens, max(1, whole, Matmul.smallRows(beside: span, inner: size)))
  }

  /// One sequence of T tokens, at least one.
  /// - Parameter queries: the places whose tokens are asked for
  /// - Shapes: q `[T, A·D]`, k, v `[T, A'·D]` strided, out `[queries, A·D]`
  func attend(
    _ q: Operand, _ k: Operand, _ v: Operand, into out: UnsafeMutablePointer<Float>,
    _ sequence: Range<Int>, _ queries: Range<Int>
  ) {
    guard let transposed = storage.floats.baseAddress else { return }
    let (tokens, width) = (sequence.count, heads.count * size)
    let scores = transposed + transposedCount
    let block = blockRows(tokens)
    let shared = heads.count / heads.keyValueHeads
    // For all heads at once: each has D rows of T numbers.
    let keyHeads = part.lowerBound / shared..<(part.upperBound + shared - 1) / shared
    let ownKeys = k.row(0, keyHeads.lowerBound * size)
    ck_transpose(transposed, ownKeys.pointer, tokens, keyHeads.count * size, k.stride)
    for head in part {
      let (column, keyColumn) = (head * size, head / shared * size)
      let transposedRow = keyColumn - keyHeads.lowerBound * size
      for start in stride(from: queries.lowerBound, to: queries.upperBound, by: block) {
        let places = start..<min(start + block, queries.upperBound)
        let seen = heads.mask.keys(of: places, tokens: tokens)
        bias?.fill(
          ScoreBlock(
            head: head, sequence: sequence, queries: places, keys: seen, scores: scores,
            room: scores + scoreCount))
        Matmul.gemm(
          q.row(start, column),
          Operand(pointer: transposed + transposedRow * tokens + seen.lowerBound, stride: tokens),
          into: scores, stride: seen.count, places.count, seen.count, size,
          beta: bias == nil ? 0 : 1)
        weigh(scores, places, seen, tokens: tokens)
        Matmul.gemm(
          Operand(pointer: scores, stride: seen.count), v.row(seen.lowerBound, keyColumn),
          into: out + (start - queries.lowerBound) * width + column, stride: width, places.count,
          size, seen.count)
      }
    }
    withExtendedLifetime(storage) {}
  }

  /// Scores become weights: each row's softmax over the keys that its query looks at, 0 for others.
  /// - Shapes: `[places, seen]`
  private func weigh(
    _ scores: UnsafeMutablePointer<Float>, _ places: Range<Int>, _ seen: Range<Int>, tokens: Int
  ) {
    guard !heads.mask.isWhole(tokens: tokens) else {
      return ck_softmax(scores, places.count, seen.count, scale)
    }
    var row = scores
    for place in places {
      let own = heads.mask.keys(of: place, tokens: tokens)
      row.update(repeating: 0, count: own.lowerBound - seen.lowerBound)
      ck_softmax(row + (own.lowerBound - seen.lowerBound), 1, own.count, scale)
      (row + (own.upperBound - seen.lowerBound)).update(
        repeating: 0, count: seen.upperBound - own.upperBound)
      row += seen.count
    }
  }
}
