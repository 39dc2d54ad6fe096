import CKernels

/// One vector out of the rows of each sequence, in the rows that `layout.pooled` gives them. A
/// sequence without rows gives zeros.
extension Tensor {
  /// The mean of each sequence's rows; their sum over √(their number) when `root`.
  /// - Parameter totals: what each sum is divided by in place of the rows' number
  /// - Shapes: `[N, H]`, B sequences → `[pooled.rows, H]`
  package func mean(over layout: SequenceLayout, root: Bool = false, totals: [Float]? = nil)
    -> Tensor
  {
    weightedSum(over: layout, totals) { _ in
      1
    } divisor: {
      root ? $0.squareRoot() : $0
    }
  }

  /// The mean of each sequence's rows, weighted by their position: 1, 2, 3 … from `offset` + 1.
  /// - Parameter totals: what each sum is divided by in place of the sum of these weights
  /// - Shapes: `[N, H]`, B sequences → `[pooled.rows, H]`
  package func weightedMean(
    over layout: SequenceLayout, offset: Int = 0, totals: [Float]? = nil
  ) -> Tensor {
    weightedSum(over: layout, totals) {
      Float(offset + $0 + 1)
    } divisor: {
      $0
    }
  }

  /// The largest value of each column in each sequence.
  /// - Shapes: `[N, H]`, B sequences → `[pooled.rows, H]`
  package func maximum(over layout: SequenceLayout) -> Tensor {
    pooled(over: layout) { _, rows, x, out in
      guard let first = rows.first else { return }
      out.update(from: x + first * columns, count: columns)
      for row in rows.dropFirst() {
        let source = x + row * columns
        // NaN stays NaN: a comparison with it is false, and the value itself is taken.
        for column in 0..<columns where !(source[column] <= out[column]) {
          out[column] = out[column].isNaN ? out[column] : source[column]
        }
      }
    }
  }

  private func weightedSum(
    over layout: SequenceLayout, _ totals: [Float]?, weight: (Int) -> Float,
    divisor: (Float) -> Float
  ) -> Tensor {
    pooled(over: layout) { sequence, rows, x, out in
      var total: Float = 0
      for (position, row) in rows.enumerated() {
        let factor = weight(position)
        let source = x + row * columns
        total += factor
        for column in 0..<columns { out[column] += factor * source[column] }
      }
      // The reference's floor for the divisor: a sequence without rows meets it, or weightless ones.
      let divisor = divisor(max(totals?[sequence] ?? total, 1e-9))
      for column in 0..<columns { out[column] /= divisor }
    }
  }

  /// `pool` is given a sequence's number, its rows, all elements, and the zeros where its vector goes.
  private func pooled(
    over layout: SequenceLayout,
    _ pool: (Int, Range<Int>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    let pooled = layout.pooled
    return Tensor([pooled.rows, columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for sequence in 0..<layout.count {
          pool(sequence, layout[sequence], x, out + pooled[sequence].lowerBound * columns)
        }
      }
    }
  }
}
