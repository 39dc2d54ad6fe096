import CKernels

/// The way back through x · Wᵀ + b.
extension Tensor {
  /// `linear` in steps, each of which keeps what its way back needs.
  func trackedLinear(
    _ layer: Linear, _ activation: Activation, _ factor: Tensor?, _ residual: Tensor?
  ) -> Tensor {
    guard activation != .none || factor != nil else { return trackedProduct(layer, residual) }
    let activated = trackedProduct(layer, nil).activated(activation)
    let gated = factor.map { activated.multiplied(by: $0) } ?? activated
    return residual.map { gated.adding($0) } ?? gated
  }

  private func trackedProduct(_ layer: Linear, _ residual: Tensor?) -> Tensor {
    let (weight, source) = (layer.weight, layer.weight.source)
    // What is beside the weight comes first, as the product is added to it.
    let residual = weight.changes.isEmpty ? residual : lowRank(layer.weight, adding: residual)
    let y = untracked.linear(layer.untracked, adding: residual?.untracked)
    let x = self
    return y.recorded([self, source, layer.bias, residual]) { dy in
      // y = x Wᵀ + b + r, so dx = dy W, dW = dyᵀ x, db = Σ dy, dr = dy.
      [
        x.isTracked ? dy.times(weight) : nil,
        source?.isTracked ?? false ? dy.outer(x, as: weight.format) : nil,
        layer.bias?.isTracked ?? false ? dy.sumOfRows() : nil, residual == nil ? nil : dy,
      ]
    }
  }

  /// dy · W.
  /// - Shapes: `[N, outputs]`, W `[outputs, inputs]` → `[N, inputs]`
  func times(_ weight: Weight) -> Tensor {
    if let transposed = weight.transposed { return linear(transposed, bias: nil) }
    if let stored = weight.stored { return stored.product(with: self, as: weight.format) }
    guard let rows = weight.source else { preconditionFailure("a weight that is not trained") }
    return BlockedProduct(self, rows).product
  }

  /// dyᵀ · x.
  /// - Shapes: `[N, outputs]`, x `[N, inputs]` → `[outputs, inputs]`
  func outer(_ x: Tensor, as format: OperandFormat) -> Tensor {
    guard format == .float32 else {
      let columns = Weight(rows: x.untracked.transposed(), format.precision)
      return transposed().linear(columns, bias: nil)
    }
    return BlockedProduct(self, x, transposedLeft: true).product
  }

  /// - Shapes: `[N, H]` → `[H]`
  func sumOfRows() -> Tensor {
    Tensor([columns]) { out in
      out.update(repeating: 0)
      withPointer { ck_sum_rows(out.baseAddress, $0, rows, columns) }
    }
  }
}

extension Linear {
  /// The same numbers without a way back.
  fileprivate var untracked: Linear { Linear(weight: weight.untracked, bias: bias?.untracked) }
}
