extension Tensor {
  /// W + scale · B · A: a matrix and a change of it that has few columns and rows (Hu et al., 2021).
  /// - Shapes: W `[outputs, inputs]`, B `[outputs, r]`, A `[r, inputs]` → `[outputs, inputs]`
  package func adding(_ b: Tensor, times a: Tensor, scale: Float) -> Tensor {
    let (outputs, inputs, rank) = (rows, columns, a.rows)
    precondition(
      b.rows == outputs && b.columns == rank && a.columns == inputs,
      "\(b.shape) times \(a.shape) added to \(shape)")
    let sum = copied { out in
      nonisolated(unsafe) let out = out
      withBlocks(of: outputs) { block in
        b.withPointer { b in
          a.withPointer { a in
            Matmul.gemm(
              Operand(pointer: b, stride: rank).row(block.lowerBound),
              Operand(pointer: a, stride: inputs), into: out + block.lowerBound * inputs,
              stride: inputs, block.count, inputs, rank, scale: scale, beta: 1)
          }
        }
      }
    }
    let isTracked = isTracked
    return sum.recorded([self, b, a]) { dw in
      // W' = W + s·B·A, so dW = dW', dB = s·dW'·Aᵀ, dA = s·Bᵀ·dW'.
      [
        isTracked ? dw : nil, b.isTracked ? dw.product(withTransposed: a, scale) : nil,
        a.isTracked ? b.transposedProduct(with: dw, scale) : nil,
      ]
    }
  }

  /// scale · x · aᵀ
  /// - Shapes: `[N, inner]`, a `[r, inner]` → `[N, r]`
  private func product(withTransposed a: Tensor, _ scale: Float) -> Tensor {
    let (inner, rank) = (columns, a.rows)
    return Tensor([rows, rank]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      withBlocks(of: rows) { block in
        withPointer { x in
          a.withPointer { a in
            Matmul.gemm(
              Operand(pointer: x, stride: inner).row(block.lowerBound),
              Operand(pointer: a, stride: inner), transposed: true,
              into: out + block.lowerBound * rank, stride: rank, block.count, rank, inner,
              scale: scale)
          }
        }
      }
    }
  }

  /// scale · bᵀ · y
  /// - Shapes: b `[N, r]`, y `[N, columns]` → `[r, columns]`
  private func transposedProduct(with y: Tensor, _ scale: Float) -> Tensor {
    let (inner, rank, width) = (rows, columns, y.columns)
    return Tensor([rank, width]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      withBlocks(of: width) { block in
        withPointer { b in
          y.withPointer { y in
            Matmul.gemm(
              Operand(pointer: b, stride: rank),
              Operand(pointer: y, stride: width).row(0, block.lowerBound), transposedLeft: true,
              into: out + block.lowerBound, stride: width, rank, block.count, inner, scale: scale)
          }
        }
      }
    }
  }
}
