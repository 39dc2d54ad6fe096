import CKernels

/// The way back, on which weights are computed again: what is kept is Q, K and V.
extension Attention {
  // O = P̃ V, P̃ = P ⊙ mask, P = softmax(S), S = scale · Q Kᵀ + bias, so
  //   dV = P̃ᵀ dO, dP = dO Vᵀ ⊙ mask, dS = P ⊙ (dP − Σ P ⊙ dP),
  //   dQ = scale · dS K, dK = scale · dSᵀ Q, dbias = dS; where S = c t, t = tanh(scale/c · Q Kᵀ), the
  //   dS of the last line is that of the first times 1 − t².

  /// The derivatives by Q, K and V side by side, and by each operand of the bias. A head of keys
  /// and all that share it are one thread's, so that sums have one order.
  /// - Shapes: Q, K and V `[N, A·D + 2·A'·D]`, dO `[targets.rows, A·D]` → as Q, K and V
  func slopes(_ projected: Tensor, _ dy: Tensor) -> [Tensor?] {
    let biasGradient = layout.longest > 0 ? bias?.gradient() : nil
    let dProjected = Tensor(projected.shape) { out in
      out.update(repeating: 0)
      guard let start = out.baseAddress, layout.longest > 0 else { return }
      nonisolated(unsafe) let out = start
      Parallel.split(shape.heads, unit: shape.sharing) { heads in
        let weights = AttentionWeights(self, heads)
        let memory = Storage(count: weights.scoreCount * (shape.cap == nil ? 1 : 2))
        guard let dScores = memory.floats.baseAddress else { return }
        projected.withPointer { projected in
          dy.withPointer { dy in
            let projected = Operand(pointer: projected, stride: shape.projectedWidth)
            for sequence in 0..<layout.count {
              weights.each(projected, sequence) { block in
                guard !block.keys.isEmpty else { return }
                add(block, Operand(pointer: dy + block.target, stride: shape.width), dScores, out)
                biasGradient?.add(block.part, slope(of: block, dScores, out))
              }
            }
          }
        }
        withExtendedLifetime(memory) {}
      }
    }
    return [dProjected] + (biasGradient?.slopes ?? bias?.operands.map { _ in nil } ?? [])
  }

  /// Adds what a block brings to dQ, dK and dV, and writes its dS.
  /// - Shapes: dy `[queries, D]`, dScores `[queries, keys]`
  private func add(
    _ block: AttentionBlock, _ dy: Operand, _ dScores: UnsafeMutablePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) {
    let (queries, keys, size) = (block.queries, block.keys, shape.size)
    Matmul.gemm(
      dy, block.values.row(keys.lowerBound), transposed: true, into: dScores, stride: keys.count,
      queries.count, keys.count, size)
    drop(dScores, of: block)
    ck_softmax_slope(dScores, block.scores, dScores, queries.count, keys.count, 1)
    if let cap = shape.cap { uncap(dScores, of: block, cap) }
    drop(block.scores, of: block)
    let slope = slope(of: block, dScores, out)
    let values = slope.k + shape.keyValueWidth
    Matmul.gemm(
      block.weights, dy, transposedLeft: true, into: values + keys.lowerBound * slope.stride,
      stride: slope.stride, keys.count, size, queries.count, beta: 1)
    Matmul.gemm(
      slope.scores, block.part.k.row(keys.lowerBound),
      into: slope.q + queries.lowerBound * slope.stride, stride: slope.stride, queries.count, size,
      keys.count, scale: shape.scale, beta: 1)
    Matmul.gemm(
      slope.scores, block.part.q.row(queries.lowerBound), transposedLeft: true,
      into: slope.k + keys.lowerBound * slope.stride, stride: slope.stride, keys.count, size,
      queries.count, scale: shape.scale, beta: 1)
  }

  /// The derivatives by scores before they were capped, which are made again behind the others.
  private func uncap(
    _ dScores: UnsafeMutablePointer<Float>, of block: AttentionBlock, _ cap: Float
  ) {
    let (queries, keys) = (block.queries, block.keys)
    let count = queries.count * keys.count
    let scores = dScores + count
    Matmul.gemm(
      block.part.q.row(queries.lowerBound), block.part.k.row(keys.lowerBound), transposed: true,
      into: scores, stride: keys.count, queries.count, keys.count, shape.size,
      scale: shape.scale / cap)
    ck_tanh(scores, queries.count, keys.count)
    ck_tanh_slope(dScores, scores, dScores, count)
  }

  private func slope(
    of block: AttentionBlock, _ dScores: UnsafeMutablePointer<Float>,
    _ out: UnsafeMutablePointer<Float>
  ) -> ScoreBlockSlope {
    let (stride, head) = (shape.projectedWidth, block.head)
    let first = out + block.part.sequence.lowerBound * stride
    return ScoreBlockSlope(
      scores: Operand(pointer: dScores, stride: block.keys.count), q: first + head * shape.size,
      k: first + shape.width + head / shape.sharing * shape.size, stride: stride)
  }
}
