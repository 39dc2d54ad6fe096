import CKernels

/// Products and distances of two rows.
extension Tensor {
  /// Σ aᵢ bᵢ over row `i` of `a` and row `j` of `b`.
  package static func dot(_ a: Tensor, _ i: Int, _ b: Tensor, _ j: Int) -> Float {
    rows(a, i, b, j) { ck_dot($0, $1, $2) }
  }

  /// Σ aᵢ (bᵢ / `divisor`), the same bits as for a row `j` that was divided before.
  package static func dot(
    _ a: Tensor, _ i: Int, _ b: Tensor, _ j: Int, over divisor: Float
  ) -> Float {
    rows(a, i, b, j) { ck_dot_quotient($0, $1, divisor, $2) }
  }

  /// Σ (aᵢ − bᵢ)²
  package static func squaredDistance(_ a: Tensor, _ i: Int, _ b: Tensor, _ j: Int) -> Float {
    rows(a, i, b, j) { ck_squared_distance($0, $1, $2) }
  }

  /// Σ |aᵢ − bᵢ|
  package static func manhattanDistance(_ a: Tensor, _ i: Int, _ b: Tensor, _ j: Int) -> Float {
    rows(a, i, b, j) { ck_absolute_distance($0, $1, $2) }
  }

  private static func rows(
    _ a: Tensor, _ i: Int, _ b: Tensor, _ j: Int,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, Int) -> Float
  ) -> Float {
    precondition(a.columns == b.columns && i < a.rows && j < b.rows)
    return a.withPointer { left in
      b.withPointer { right in body(left + i * a.columns, right + j * b.columns, a.columns) }
    }
  }
}
