import CKernels

extension Tensor {
  /// y / √(mean of y² + ε) · scale of each row, with y = self (Zhang and Sennrich, 2019).
  /// - Shapes: `[N, H]`, scale `[H]` → `[N, H]`
  package func rmsNorm(_ scale: Tensor, epsilon: Float) -> Tensor {
    precondition(scale.count == columns, "norm of \(columns) numbers")
    return Tensor(shape) { out in
      withPointer { x in
        scale.withPointer { ck_rms_norm(out.baseAddress, x, $0, epsilon, rows, columns) }
      }
    }
  }

  /// Heads brought to length √D, each part of the columns by its own scale, the other columns as
  /// they are: the norm of queries and keys before they meet.
  /// - Parameter parts: columns of several heads, and the scale `[D]` that a head is multiplied by
  /// - Shapes: `[N, columns]` → the same
  package func headNorm(
    _ parts: [(columns: Range<Int>, scale: Tensor)], epsilon: Float
  ) -> Tensor {
    copied { out in
      for part in parts {
        precondition(
          part.columns.upperBound <= columns && part.columns.count % part.scale.count == 0)
        let heads = part.columns.count / part.scale.count
        part.scale.withPointer { scale in
          for row in 0..<rows {
            let start = out + row * columns + part.columns.lowerBound
            ck_rms_norm(start, start, scale, epsilon, heads, part.scale.count)
          }
        }
      }
    }
  }
}
