import CKernels

extension Tensor {
  /// (y − mean) / √(variance + ε) · scale + shift of each row, with y = self + `residual`.
  /// - Shapes: self and residual `[N, H]`, scale and shift `[H]` → `[N, H]`
  package func layerNorm(
    _ scale: Tensor, _ shift: Tensor, epsilon: Float, adding residual: Tensor? = nil
  ) -> Tensor {
    precondition(scale.count == columns && shift.count == columns, "norm of \(columns) numbers")
    precondition(residual.map { $0.count == count } ?? true, "residual of another shape")
    return Tensor(shape) { out in
      withPointer { x in
        scale.withPointer { scale in
          shift.withPointer { shift in
            guard let residual else {
              return ck_layer_norm(
                out.baseAddress, x, nil, scale, shift, epsilon, rows, columns)
            }
            residual.withPointer {
              ck_layer_norm(out.baseAddress, x, $0, scale, shift, epsilon, rows, columns)
            }
          }
        }
      }
    }
  }
}

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

extension Tensor {
  /// Each row over its Euclidean length, or over 1e-12 where that is larger
  /// (`torch.nn.functional.normalize`).
  /// - Shapes: `[B, E]` → `[B, E]`
  package func normalizedRows() -> Tensor {
    Tensor(shape) { out in
      withFloats { x in
        guard let x = x.baseAddress, let out = out.baseAddress else { return }
        for start in stride(from: 0, to: count, by: max(columns, 1)) {
          let length = ck_dot(x + start, x + start, columns).squareRoot()
          let divisor = length.isNaN ? length : max(length, 1e-12)
          for column in start..<start + columns { out[column] = x[column] / divisor }
        }
      }
    }
  }
}
