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
