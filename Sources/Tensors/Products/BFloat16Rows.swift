import CKernels

/// Rows of bfloat16.
struct BFloat16Rows: Sendable {
  let rows, columns: Int
  private let storage: Storage

  /// Makes rows, all of which `fill` writes.
  init(rows: Int, columns: Int, fill: (UnsafeMutablePointer<UInt16>) -> Void) {
    (self.rows, self.columns) = (rows, columns)
    // Two of them lie in the place of a float.
    storage = Storage(count: (rows * columns + 1) / 2)
    if let start = storage.halves { fill(start) }
  }

  /// Lends the first of them.
  func withPointer(_ body: (UnsafePointer<UInt16>) -> Void) {
    withExtendedLifetime(storage) {
      guard let start = storage.halves else { return }
      body(start)
    }
  }
}

extension Tensor {
  /// The rows rounded to bfloat16.
  func roundedToBFloat16() -> BFloat16Rows {
    BFloat16Rows(rows: rows, columns: columns) { out in
      nonisolated(unsafe) let out = out
      Parallel.split(rows, unit: PackedProduct.unitRows) { part in
        let start = part.lowerBound * columns
        withPointer {
          ck_round_to_bf16(out + start, columns, $0 + start, columns, part.count, columns)
        }
      }
    }
  }
}
