import CKernels

extension Tensor {
  /// A tensor of the same elements, which `change` then changes.
  func copied(_ change: (UnsafeMutablePointer<Float>) -> Void) -> Tensor {
    Tensor(shape) { out in
      guard let out = out.baseAddress else { return }
      withPointer { out.update(from: $0, count: count) }
      change(out)
    }
  }

  /// - Shapes: `[N, H]`, other of the same shape → `[N, H]`
  package func adding(_ other: Tensor) -> Tensor {
    precondition(other.count == count, "\(other.shape) added to \(shape)")
    return copied { out in other.withPointer { ck_add_to_rows(out, $0, 1, count) } }
  }

  /// Each row plus `vector`.
  /// - Shapes: `[N, H]`, `[H]` → `[N, H]`
  package func adding(toEachRow vector: Tensor) -> Tensor {
    precondition(vector.count == columns, "\(vector.count) numbers to rows of \(columns)")
    return copied { out in vector.withPointer { ck_add_to_rows(out, $0, rows, columns) } }
  }

  /// Every element plus `number`.
  package func adding(_ number: Float) -> Tensor {
    copied { out in for index in 0..<count { out[index] += number } }
  }

  /// Every element times `factor`.
  package func scaled(by factor: Float) -> Tensor {
    copied { out in for index in 0..<count { out[index] *= factor } }
  }

  /// - Shapes: `[rows, columns]` → `[columns, rows]`
  package func transposed() -> Tensor {
    Tensor([columns, rows]) { out in
      withPointer { ck_transpose(out.baseAddress, $0, rows, columns, columns) }
    }
  }
}
