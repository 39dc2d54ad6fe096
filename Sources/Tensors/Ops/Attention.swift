import CKernels

extension Tensor {
  /// softmax(Q Kᵀ / √D) V within each sequence, head by head.
  ///
  /// What a token gets depends on its own sequence alone, and so do the shapes of all products:
  /// the same text gives the same bits in any batch.
  /// - Shapes: Q, K, V `[N, A·D]` → `[N, A·D]`
  package static func attention(
    _ queries: Columns, _ keys: Columns, _ values: Columns, _ packing: Packing, heads: Int
  ) -> Tensor {
    let width = queries.width
    precondition(width % heads == 0 && keys.width == width && values.width == width)
    let size = width / heads
    let longest = packing.longest
    return Tensor([packing.rows, width]) { out in
      guard let out = out.baseAddress, longest > 0 else { return }
      let scratch = Storage(count: width * longest + blockRows(longest, size) * longest)
      guard let turned = scratch.floats.baseAddress else { return }
      let scores = turned + width * longest
      queries.withPointer { q in
        keys.withPointer { k in
          values.withPointer { v in
            for sequence in 0..<packing.count {
              let rows = packing[sequence]
              // Kᵀ for all heads at once: head h is rows h·D ..< (h+1)·D, each of T numbers.
              ck_transpose(turned, k + rows.lowerBound * keys.stride, rows.count, width, keys.stride)
              for head in 0..<heads {
                attend(
                  Operand(
                    pointer: q + rows.lowerBound * queries.stride + head * size,
                    stride: queries.stride),
                  Operand(pointer: turned + head * size * rows.count, stride: rows.count),
                  Operand(
                    pointer: v + rows.lowerBound * values.stride + head * size,
                    stride: values.stride),
                  scores: scores, into: out + rows.lowerBound * width + head * size,
                  stride: width, tokens: rows.count, size: size)
              }
            }
          }
        }
      }
      withExtendedLifetime(scratch) {}
      for gap in packing.gaps {
        (out + gap.lowerBound * width).update(repeating: 0, count: gap.count * width)
      }
    }
  }

  /// Queries that are scored together: as many as OpenBLAS' small-matrix kernels take, which pack
  /// nothing and so score at 1.7 times the ordinary rate; at least one.
  private static func blockRows(_ tokens: Int, _ size: Int) -> Int {
    min(tokens, max(1, Matmul.smallMatrixLimit / max(1, tokens * size)))
  }

  /// One head of one sequence.
  /// - Shapes: q and v `[T, D]` strided, k `[D, T]`, out `[T, D]` strided
  private static func attend(
    _ q: Operand, _ k: Operand, _ v: Operand, scores: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>, stride: Int, tokens: Int, size: Int
  ) {
    let scale = 1 / Float(size).squareRoot()
    let block = blockRows(tokens, size)
    for start in Swift.stride(from: 0, to: tokens, by: block) {
      let count = min(block, tokens - start)
      Matmul.gemm(
        Operand(pointer: q.pointer + start * q.stride, stride: q.stride), k,
        into: scores, stride: tokens, count, tokens, size)
      ck_softmax(scores, count, tokens, scale)
      Matmul.gemm(
        Operand(pointer: scores, stride: tokens), v,
        into: out + start * stride, stride: stride, count, size, tokens)
    }
  }
}
