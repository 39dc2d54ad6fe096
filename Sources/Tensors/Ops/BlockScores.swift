import CKernels

/// Scores of many rows at once, for searches that keep few of the rows they look at.
extension Tensor {
  // Fewer rows than this are multiplied faster one by one than by packing the other side for them.
  private static let fewestForProducts = 4

  /// Each row of this tensor with rows `range` of `other`. Good to float32 rounding; the last bits
  /// may depend on what else is multiplied.
  /// - Shapes: `[m, E]`, `[n, E]` → `[m, range.count]`
  package func products(
    with other: Tensor, rows range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(columns == other.columns && range.upperBound <= other.rows)
    precondition(out.count >= rows * range.count, "no room for \(rows) × \(range.count) products")
    guard let out = out.baseAddress, !range.isEmpty, rows > 0 else { return }
    withPointer { a in
      other.withPointer { b in
        let b = b + range.lowerBound * columns
        guard rows < Self.fewestForProducts else {
          return Matmul.gemm(
            Operand(pointer: a, stride: columns), Operand(pointer: b, stride: columns),
            transposed: true, into: out, stride: range.count, rows, range.count, columns)
        }
        for row in 0..<range.count {
          for left in 0..<rows {
            out[left * range.count + row] = ck_dot(a + left * columns, b + row * columns, columns)
          }
        }
      }
    }
  }

  /// Σ xᵢ² of each row of `range`.
  /// - Shapes: `[n, E]` → `[range.count]`
  package func squaredLengths(
    _ range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(range.upperBound <= rows && out.count >= range.count)
    withPointer { x in
      for (index, row) in range.enumerated() {
        out[index] = ck_dot(x + row * columns, x + row * columns, columns)
      }
    }
  }

  /// The indices, in rising order, at which `x · scale + offset` is `threshold` or more.
  /// - Shapes: all n
  package static func indices(
    in x: UnsafeBufferPointer<Float>, scale: UnsafeBufferPointer<Float>,
    offset: UnsafeBufferPointer<Float>, atLeast threshold: Float,
    into indices: UnsafeMutableBufferPointer<UInt32>
  ) -> UnsafeBufferPointer<UInt32> {
    precondition(min(scale.count, offset.count, indices.count) >= x.count)
    let found = ck_at_least(
      indices.baseAddress, x.baseAddress, scale.baseAddress, offset.baseAddress, threshold, x.count)
    return UnsafeBufferPointer(rebasing: indices[..<found])
  }
}
