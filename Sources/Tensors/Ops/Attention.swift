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
    return Tensor([packing.rows, width]) { out in
      guard let out = out.baseAddress, packing.longest > 0 else { return }
      let scratch = AttentionScratch(width: width, heads: heads, longest: packing.longest)
      queries.withOperand { q in
        keys.withOperand { k in
          values.withOperand { v in
            for sequence in 0..<packing.count where !packing[sequence].isEmpty {
              let rows = packing[sequence]
              scratch.attend(
                q.row(rows.lowerBound), k.row(rows.lowerBound), v.row(rows.lowerBound),
                into: out + rows.lowerBound * width, tokens: rows.count)
            }
          }
        }
      }
      for gap in packing.gaps {
        (out + gap.lowerBound * width).update(repeating: 0, count: gap.count * width)
      }
    }
  }
}

/// Attention of one sequence after another, in memory that all of them use.
private struct AttentionScratch {
  private let width, heads: Int
  private let storage: Storage
  /// Room for Kᵀ, `[A·D, T]`, then for the scores of a block of queries, `[block, T]`.
  private let transposedCount: Int

  init(width: Int, heads: Int, longest: Int) {
    self.width = width
    self.heads = heads
    transposedCount = width * longest
    // Of any T up to the longest: a block of queries has T² scores at most, and no more than
    // `blockRows` lets it have.
    let most = max(longest, Matmul.smallMatrixLimit * heads / max(1, width))
    storage = Storage(count: transposedCount + min(longest * longest, most))
  }

  /// Queries that are scored together: as many as OpenBLAS' small-matrix kernels take, which pack
  /// nothing and so score at 1.7 times the ordinary rate; at least one.
  private static func blockRows(_ tokens: Int, size: Int) -> Int {
    min(tokens, max(1, Matmul.smallMatrixLimit / max(1, tokens * size)))
  }

  /// One sequence of T tokens, at least one.
  /// - Shapes: q, k, v `[T, A·D]` strided, out `[T, A·D]`
  func attend(
    _ q: Operand, _ k: Operand, _ v: Operand, into out: UnsafeMutablePointer<Float>, tokens: Int
  ) {
    guard let transposed = storage.floats.baseAddress else { return }
    let scores = transposed + transposedCount
    let size = width / heads
    let scale = 1 / Float(size).squareRoot()
    let block = Self.blockRows(tokens, size: size)
    // For all heads at once: head h is rows h·D ..< (h+1)·D, each of T numbers.
    ck_transpose(transposed, k.pointer, tokens, width, k.stride)
    for head in 0..<heads {
      let column = head * size
      let keys = Operand(pointer: transposed + column * tokens, stride: tokens)
      for start in stride(from: 0, to: tokens, by: block) {
        let count = min(block, tokens - start)
        Matmul.gemm(
          q.row(start, column), keys, into: scores, stride: tokens, count, tokens, size)
        ck_softmax(scores, count, tokens, scale)
        Matmul.gemm(
          Operand(pointer: scores, stride: tokens), v.row(0, column),
          into: out + start * width + column, stride: width, count, size, tokens)
      }
    }
    withExtendedLifetime(storage) {}
  }
}
