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
            residual.withPart(from: 0) {
              ck_layer_norm(out.baseAddress, x, $0, scale, shift, epsilon, rows, columns)
            }
          }
        }
      }
    }.recorded([self, scale, shift, residual]) { dy in
      layerNormSlope(dy, scale, epsilon, residual)
    }
  }

  /// y = x̂ s + b with x̂ = (x − mean) r, so with e = dy s: dx = r (e − mean(e) − x̂ mean(e x̂)),
  /// ds = Σ dy x̂, db = Σ dy.
  private func layerNormSlope(
    _ dy: Tensor, _ scale: Tensor, _ epsilon: Float, _ residual: Tensor?
  ) -> [Tensor?] {
    // The scale's derivative, then the shift's.
    let sums = Storage(count: 2 * columns)
    sums.floats.update(repeating: 0)
    let dx = Tensor(shape) { out in
      withPointer { x in
        dy.withPointer { dy in
          scale.withPointer { scale in
            residual.withPart(from: 0) {
              ck_layer_norm_slope(
                out.baseAddress, sums.floats.baseAddress,
                sums.floats.baseAddress.map { $0 + columns }, x, $0, scale, dy, epsilon, rows,
                columns)
            }
          }
        }
      }
    }
    let own = Array(sums.floats)
    return [
      dx, Tensor([columns], Array(own[..<columns])), Tensor([columns], Array(own[columns...])),
      residual == nil ? nil : dx,
    ]
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
    }.recorded([self, scale]) { dy in
      // y = x̂ s with x̂ = x r, so with e = dy s: dx = r (e − x̂ mean(e x̂)), ds = Σ dy x̂.
      var dx = dy
      let dScale = Tensor([columns]) { sums in
        sums.update(repeating: 0)
        dx = Tensor(shape) { out in
          withPointer { x in
            dy.withPointer { dy in
              scale.withPointer {
                ck_rms_norm_slope(
                  out.baseAddress, sums.baseAddress, x, $0, dy, epsilon, rows, columns, columns)
              }
            }
          }
        }
      }
      return [dx, dScale]
    }
  }

  /// Heads brought to length √D, each part of the columns by its own scale, the other columns as
  /// they are: the norm of queries and keys before they meet.
  /// - Parameter parts: columns of several heads, and the scale `[D]` that a head is multiplied by
  /// - Shapes: `[N, columns]` → the same
  package func headNorm(
    _ parts: [(columns: Range<Int>, scale: Tensor)], epsilon: Float
  ) -> Tensor {
    let y = copied { out in
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
    return y.recorded([self] + parts.map(\.scale)) { headNormSlopes($0, parts, epsilon) }
  }

  /// Each head's as in `rmsNorm`; the other columns' derivatives are what they were.
  private func headNormSlopes(
    _ dy: Tensor, _ parts: [(columns: Range<Int>, scale: Tensor)], _ epsilon: Float
  ) -> [Tensor] {
    var dScales: [Tensor] = []
    let dx = dy.copied { dx in
      withPointer { x in
        for (range, scale) in parts {
          let size = scale.count
          let dScale = Tensor([size]) { sums in
            sums.update(repeating: 0)
            scale.withPointer { scale in
              for start in stride(from: range.lowerBound, to: range.upperBound, by: size) {
                ck_rms_norm_slope(
                  dx + start, sums.baseAddress, x + start, scale, dx + start, epsilon, rows, size,
                  columns)
              }
            }
          }
          dScales.append(dScale)
        }
      }
    }
    return [dx] + dScales
  }
}

extension Tensor {
  /// Each row over its Euclidean length, or over 1e-12 where that is larger
  /// (`torch.nn.functional.normalize`).
  /// - Shapes: `[B, E]` → `[B, E]`
  package func normalizedRows() -> Tensor {
    let y = Tensor(shape) { out in
      withFloats { x in
        guard let x = x.baseAddress, let out = out.baseAddress else { return }
        for start in stride(from: 0, to: count, by: max(columns, 1)) {
          let length = ck_dot(x + start, x + start, columns).squareRoot()
          let divisor = length.isNaN ? length : max(length, 1e-12)
          for column in start..<start + columns { out[column] = x[column] / divisor }
        }
      }
    }
    return y.recorded([self]) { [normalizedSlopes($0, y)] }
  }

  /// y = x / ‖x‖, so dx = (dy − y (y · dy)) / ‖x‖; where ‖x‖ is below 1e-12, dx = dy / 1e-12.
  private func normalizedSlopes(_ dy: Tensor, _ y: Tensor) -> Tensor {
    dy.copied { dx in
      withPointer { x in
        y.withPointer { y in
          for start in stride(from: 0, to: count, by: max(columns, 1)) {
            let length = ck_dot(x + start, x + start, columns).squareRoot()
            let isShort = length < 1e-12
            let along = isShort ? 0 : ck_dot(y + start, dx + start, columns)
            let divisor = isShort ? 1e-12 : length
            for column in start..<start + columns {
              dx[column] = (dx[column] - y[column] * along) / divisor
            }
          }
        }
      }
    }
  }
}
