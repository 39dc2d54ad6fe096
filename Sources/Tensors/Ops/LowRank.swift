extension Tensor {
  /// W + scale · B · A: a matrix and a change of it that has few columns and rows (Hu et al., 2021).
  /// - Shapes: W `[outputs, inputs]`, B `[outputs, r]`, A `[r, inputs]` → `[outputs, inputs]`
  package func adding(_ b: Tensor, times a: Tensor, scale: Float) -> Tensor {
    let isTracked = isTracked
    return BlockedProduct(b, a, scale: scale).added(to: self).recorded([self, b, a]) { dw in
      // W' = W + s·B·A, so dW = dW', dB = s·dW'·Aᵀ, dA = s·Bᵀ·dW'.
      [
        isTracked ? dw : nil,
        b.isTracked ? BlockedProduct(dw, a, transposedRight: true, scale: scale).product : nil,
        a.isTracked
          ? BlockedProduct(b, dw, transposedLeft: true, scale: scale, by: .columns).product : nil,
      ]
    }
  }
}

extension Tensor {
  /// The rows in their directions, with other lengths (DoRA; Liu et al., 2024). No gradient follows.
  /// - Shapes: `[N, H]`, lengths `[N]` → `[N, H]`
  package func rowsStretched(to lengths: Tensor) -> Tensor {
    precondition(lengths.count == rows, "\(lengths.count) lengths for \(rows) rows")
    return lengths.withFloats { lengths in
      scaledRows(
        by: lengths.enumerated().map { $1 / Tensor.dot(self, $0, self, $0).squareRoot() })
    }
  }

  /// The number of a tensor that has one alone. No gradient follows.
  package var number: Float {
    precondition(count == 1, "\(shape) is not one number")
    return withFloats { $0[0] }
  }
}
