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
    let largest = pooled(over: layout) { _, rows, x, out in
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
    return largest.recorded([self]) { [slopesOfLargest($0, largest, over: layout)] }
  }

  /// The derivative by a column's largest value goes to the first row that has it.
  private func slopesOfLargest(_ dy: Tensor, _ y: Tensor, over layout: SequenceLayout) -> Tensor {
    let (columns, pooled) = (columns, layout.pooled)
    return withPointer { x in
      y.withPointer { y in
        dy.spread(over: layout) { sequence, rows, dy, out in
          let largest = y + pooled[sequence].lowerBound * columns
          var isFound = [Bool](repeating: false, count: columns)
          for start in rows.map({ $0 * columns }) {
            for column in 0..<columns where !isFound[column] {
              let value = x[start + column]
              guard value == largest[column] || value.isNaN else { continue }
              out[start + column] = dy[column]
              isFound[column] = true
            }
          }
        }
      }
    }
  }

  private func weightedSum(
    over layout: SequenceLayout, _ totals: [Float]?, weight: @escaping @Sendable (Int) -> Float,
    divisor: (Float) -> Float
  ) -> Tensor {
    let columns = columns
    let divisors = (0..<layout.count).map { sequence in
      let total = (0..<layout[sequence].count).reduce(0) { $0 + weight($1) }
      // The reference's floor for the divisor: a sequence without rows meets it, or weightless ones.
      return divisor(max(totals?[sequence] ?? total, 1e-9))
    }
    let means = pooled(over: layout) { sequence, rows, x, out in
      for (position, row) in rows.enumerated() {
        let factor = weight(position)
        let source = x + row * columns
        for column in 0..<columns { out[column] += factor * source[column] }
      }
      for column in 0..<columns { out[column] /= divisors[sequence] }
    }
    // y = Σ wₜ xₜ / divisor, so dxₜ = dy wₜ / divisor.
    return means.recorded([self]) { dy in
      let dx = dy.spread(over: layout) { sequence, rows, dy, out in
        for (position, row) in rows.enumerated() {
          let factor = weight(position) / divisors[sequence]
          let target = out + row * columns
          for column in 0..<columns { target[column] = factor * dy[column] }
        }
      }
      return [dx]
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

  /// The opposite: `spread` is given a sequence's number, its rows, its vector, and zeros for all rows.
  private func spread(
    over layout: SequenceLayout,
    _ spread: (Int, Range<Int>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    let pooled = layout.pooled
    return Tensor([layout.rows, columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      withPointer { vectors in
        for sequence in 0..<layout.count {
          let vector = vectors + pooled[sequence].lowerBound * columns
          spread(sequence, layout[sequence], vector, out)
        }
      }
    }
  }
}
