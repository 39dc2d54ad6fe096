/// A change of low rank of some of a weight's outputs: W + s·B·A in the place of W (Hu et al., 2021: LoRA).
package struct LowRank: Sendable {
  /// `[r, inputs]`
  package let a: Tensor
  /// `[outputs, r]`
  package let b: Tensor
  /// s
  package let scale: Float

  package init(a: Tensor, b: Tensor, scale: Float) {
    precondition(a.rows == b.columns, "\(b.shape) times \(a.shape)")
    (self.a, self.b, self.scale) = (a, b, scale)
  }

  /// Whether derivatives by it are wanted.
  package var isTracked: Bool { a.isTracked || b.isTracked }

  /// The matrix with its change.
  /// - Shapes: W `[outputs, inputs]` → the same
  package func applied(to w: Tensor) -> Tensor { w.adding(b, times: a, scale: scale) }
}

extension Tensor {
  /// What a weight's changes make of x, plus `residual`: beside W, which stays as it is and has no
  /// derivative, they need a small part of its time and memory.
  /// - Shapes: x `[N, inputs]`, residual and result `[N, outputs]`
  func lowRank(_ weight: Weight, adding residual: Tensor?) -> Tensor {
    let shape = [rows, weight.outputs]
    var sum = residual ?? .zeros(shape)
    for (first, change) in weight.changes { sum = sum.adding(change, of: self, from: first) }
    return sum
  }

  /// y + s·(x·Aᵀ)·Bᵀ in the columns from the first on.
  /// - Shapes: y `[N, outputs of all]`, x `[N, inputs]` → as y
  private func adding(_ change: LowRank, of x: Tensor, from first: Int) -> Tensor {
    let (a, b, scale) = (change.a, change.b, change.scale)
    let inner = BlockedProduct(x, a, transposedRight: true).product
    let sum = copied { out in
      BlockedProduct(inner, b, transposedRight: true, scale: scale)
        .add(to: out + first, stride: columns)
    }
    let shape = sum.shape
    // y' = y + s·u·Bᵀ with u = x·Aᵀ, so du = s·dy'·B, dB = s·dy'ᵀ·u, dA = duᵀ·x, dx = du·A.
    return sum.recorded([self, x, a, b]) { dy in
      let dy = dy.reshaped(shape)
      let own = dy.columns(first..<first + b.rows)
      let inward = BlockedProduct(own, b, scale: scale).product
      return [
        dy, x.isTracked ? BlockedProduct(inward, a).product : nil,
        a.isTracked
          ? BlockedProduct(inward, x, transposedLeft: true, by: .columns).product : nil,
        b.isTracked
          ? BlockedProduct(own, inner, transposedLeft: true, scale: scale).product : nil,
      ]
    }
  }
}

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
