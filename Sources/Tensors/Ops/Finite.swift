import CKernels

extension Tensor {
  /// Whether no element of row `row` is infinite or NaN.
  package func isFinite(row: Int) -> Bool {
    withPointer { ck_all_finite($0 + row * columns, columns) }
  }
}
