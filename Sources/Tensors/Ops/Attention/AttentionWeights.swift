import CKernels

/// The weights of some heads of one sequence after another, in memory that all of them use.
struct AttentionWeights {
  private let attention: Attention
  private let shape: AttentionShape
  /// The heads that are its business.
  private let heads: Range<Int>
  private let storage: Storage
  /// Room for Kᵀ, `[A'·D, T]`, then for the scores of a block of queries, `[block, T]`, then for
  /// the bias.
  private let transposedCount: Int
  /// The most scores of a block.
  let scoreCount: Int

  init(_ attention: Attention, _ heads: Range<Int>) {
    (self.attention, self.heads, shape) = (attention, heads, attention.shape)
    let longest = attention.layout.longest
    transposedCount = shape.keyValueWidth * longest
    // Of any T up to the longest: a block of queries has T² scores at most, and no more than
    // `blockRows` lets it have.
    let most = max(longest, Matmul.smallMatrixLimit / max(1, shape.size))
    scoreCount = min(longest * longest, most)
    storage = Storage(
      count: transposedCount + scoreCount + (attention.bias?.room(tokens: longest) ?? 0))
  }

  /// Queries that are scored together: as many as OpenBLAS' small-matrix kernels take, which pack
  /// nothing and so score at 1.7 times the ordinary rate; at least one.
  private func blockRows(_ tokens: Int) -> Int {
    let whole = Matmul.smallMatrixLimit / max(1, shape.size) / tokens
    guard let span = shape.mask.span, span < tokens else { return min(tokens, max(1, whole)) }
    return min(tokens, max(1, whole, Matmul.smallRows(beside: span, inner: shape.size)))
  }

  /// Hands out the weights of one sequence, a block of one head's queries after the other.
  /// - Parameter projected: `[N, A·D + 2·A'·D]`
  func each(_ projected: Operand, _ sequence: Int, _ body: (AttentionBlock) -> Void) {
    let queries = attention.queries.positions(sequence, in: attention.layout)
    guard let memory = storage.floats.baseAddress, !queries.isEmpty else { return }
    let rows = attention.layout[sequence]
    let (own, size) = (projected.row(rows.lowerBound), shape.size)
    let keyHeads = heads.lowerBound / shape.sharing..<(heads.upperBound - 1) / shape.sharing + 1
    // For all heads at once: each has D rows of T numbers.
    let keys = own.row(0, shape.width + keyHeads.lowerBound * size)
    ck_transpose(memory, keys.pointer, rows.count, keyHeads.count * size, keys.stride)
    let share = blockRows(rows.count)
    let visible = attention.layout.keyCount(sequence)
    let target = attention.targets[sequence].lowerBound
    for head in heads {
      let keyHead = head / shape.sharing
      let transposed = Operand(
        pointer: memory + (keyHead - keyHeads.lowerBound) * size * rows.count, stride: rows.count)
      for start in stride(from: queries.lowerBound, to: queries.upperBound, by: share) {
        let positions = start..<min(start + share, queries.upperBound)
        let block = AttentionBlock(
          sequence: sequence,
          target: (target + start - queries.lowerBound) * shape.width + head * size,
          part: ScoreBlock(
            head: head, sequence: rows, queries: positions,
            keys: shape.mask.keys(of: positions, tokens: visible), q: own.row(0, head * size),
            k: own.row(0, shape.width + keyHead * size), scores: memory + transposedCount,
            room: memory + transposedCount + scoreCount),
          values: own.row(0, shape.width + shape.keyValueWidth + keyHead * size))
        weigh(block.part, transposed, visible: visible)
        body(block)
      }
    }
    withExtendedLifetime(storage) {}
  }

  /// - Parameters:
  ///   - transposedKeys: `[D, T]`
  ///   - visible: how many of T are looked at
  private func weigh(_ block: ScoreBlock, _ transposedKeys: Operand, visible: Int) {
    guard !block.keys.isEmpty else { return }
    if let cap = shape.cap {
      Matmul.gemm(
        block.q.row(block.queries.lowerBound), transposedKeys.row(0, block.keys.lowerBound),
        into: block.scores, stride: block.keys.count, block.queries.count, block.keys.count,
        shape.size, scale: shape.scale / cap)
      ck_tanh(block.scores, block.queries.count, block.keys.count)
      // What tanh gives is multiplied by the cap there.
      return weigh(block, scale: cap, visible: visible)
    }
    let bias = attention.bias
    bias?.fill(block)
    // Scores meet a bias scaled. Without one softmax scales them, which rounds less.
    Matmul.gemm(
      block.q.row(block.queries.lowerBound), transposedKeys.row(0, block.keys.lowerBound),
      into: block.scores, stride: block.keys.count, block.queries.count, block.keys.count,
      shape.size, scale: bias == nil ? 1 : shape.scale, beta: bias == nil ? 0 : 1)
    weigh(block, scale: bias == nil ? shape.scale : 1, visible: visible)
  }

  /// Scores become weights: each row's softmax over the keys that its query looks at, 0 for others.
  private func weigh(_ block: ScoreBlock, scale: Float, visible: Int) {
    let keys = block.keys
    guard !shape.mask.isWhole(tokens: block.sequence.count) else {
      return ck_softmax(block.scores, block.queries.count, keys.count, scale)
    }
    var row = block.scores
    for query in block.queries {
      let own = shape.mask.keys(of: query, tokens: visible)
      row.update(repeating: 0, count: own.lowerBound - keys.lowerBound)
      ck_softmax(row + (own.lowerBound - keys.lowerBound), 1, own.count, scale)
      (row + (own.upperBound - keys.lowerBound)).update(
        repeating: 0, count: keys.upperBound - own.upperBound)
      row += keys.count
    }
  }
}

/// The weights that some queries of one head of one sequence give some keys.
struct AttentionBlock {
  let sequence: Int
  /// Where in the result the first query's numbers are.
  let target: Int
  /// Whose scores are the weights, before any is dropped.
  let part: ScoreBlock
  /// The head's values, of all positions: `[T, D]`.
  let values: Operand

  var head: Int { part.head }
  var queries: Range<Int> { part.queries }
  var keys: Range<Int> { part.keys }
  /// `[queries, keys]`, contiguous.
  var scores: UnsafeMutablePointer<Float> { part.scores }
  var weights: Operand { Operand(pointer: part.scores, stride: part.keys.count) }
}
