import CKernels

extension Tensor {
  /// softmax(scale · Q Kᵀ + bias) V within each sequence, head by head, in float32.
  /// - Parameters:
  ///   - queries: the rows to compute; all by default
  ///   - dropout: which of the softmax's weights are 0
  /// - Shapes: Q, K and V side by side `[N, A·D + 2·A'·D]` → `[N, A·D]`, or as many rows as
  ///   `queries.alone` has
  func attention(
    _ layout: SequenceLayout, _ shape: AttentionShape, bias: (any ScoreBias)? = nil,
    queries: SequenceLayout? = nil, dropout: Dropout? = nil
  ) -> Tensor {
    let attention = Attention(layout, shape, bias: bias, queries: queries, dropout: dropout)
    let projected = untracked
    return attention(projected).recorded([self] + (bias?.operands ?? [])) { dy in
      attention.slopes(projected, dy)
    }
  }
}

/// What attention has to know beside Q, K and V.
struct Attention: Sendable {
  let layout: SequenceLayout
  let shape: AttentionShape
  let bias: (any ScoreBias)?
  let dropout: Dropout?
  /// Which rows are asked for, and where they go.
  let queries, targets: SequenceLayout

  init(
    _ layout: SequenceLayout, _ shape: AttentionShape, bias: (any ScoreBias)?,
    queries: SequenceLayout?, dropout: Dropout?
  ) {
    (self.layout, self.shape, self.bias, self.dropout) = (layout, shape, bias, dropout)
    self.queries = queries ?? layout
    targets = queries?.alone ?? layout
  }

  /// - Shapes: `[N, A·D + 2·A'·D]` → `[targets.rows, A·D]`
  func callAsFunction(_ projected: Tensor) -> Tensor {
    precondition(
      projected.columns == shape.projectedWidth, "\(projected.columns) columns of \(shape)")
    return Tensor([targets.rows, shape.width]) { out in
      guard let start = out.baseAddress, layout.longest > 0 else { return }
      nonisolated(unsafe) let out = start
      Parallel.split(shape.heads, unit: shape.unit(layout)) { heads in
        let weights = AttentionWeights(self, heads)
        projected.withPointer { projected in
          let projected = Operand(pointer: projected, stride: shape.projectedWidth)
          for sequence in 0..<layout.count {
            weights.each(projected, sequence) { block in
              guard !block.keys.isEmpty else { return clear(block, out) }
              drop(block.scores, of: block)
              Matmul.gemm(
                block.weights, block.values.row(block.keys.lowerBound),
                into: out + block.target, stride: shape.width, block.queries.count, shape.size,
                block.keys.count)
            }
          }
        }
      }
      for gap in targets.padding {
        (out + gap.lowerBound * shape.width).update(repeating: 0, count: gap.count * shape.width)
      }
    }
  }

  /// Zeros, where no query of a block looks at anything.
  private func clear(_ block: AttentionBlock, _ out: UnsafeMutablePointer<Float>) {
    for row in 0..<block.queries.count {
      (out + block.target + row * shape.width).update(repeating: 0, count: shape.size)
    }
  }

  /// Numbers drawn for each query and the keys that it looks at, from its first on: the same
  /// however queries are cut into blocks.
  /// - Parameter x: of the block's queries by its keys
  func drop(_ x: UnsafeMutablePointer<Float>, of block: AttentionBlock) {
    guard let dropout else { return }
    for (row, query) in block.queries.enumerated() {
      let own = shape.mask.keys(of: query, tokens: layout.keyCount(block.sequence))
      let drawn = dropout.keys(sequence: block.sequence, head: block.head, query: query)
      ck_drop_out(
        x + row * block.keys.count + (own.lowerBound - block.keys.lowerBound), own.count,
        drawn.low, drawn.high, dropout.threshold, dropout.factor)
    }
  }
}
