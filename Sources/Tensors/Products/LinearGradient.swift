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
    let y = untracked.linear(layer.untracked, adding: residual?.untracked)
    let (weight, source) = (layer.weight, layer.weight.source)
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

  // Rows of a result that are computed together. A block's bits depend on its shape, so that it is
  // the same on any number of threads: half the usual block, so that two share a small network's.
  private static let blockRows = 252

  /// dy · W.
  /// - Shapes: `[N, outputs]`, W `[outputs, inputs]` → `[N, inputs]`
  func times(_ weight: Weight) -> Tensor {
    if let transposed = weight.transposed { return linear(transposed, bias: nil) }
    guard let rows = weight.source else { preconditionFailure("a weight that is not trained") }
    let (outputs, inputs) = (weight.outputs, weight.inputs)
    return Tensor([self.rows, inputs]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      withBlocks(of: self.rows) { block in
        withPointer { dy in
          rows.withPointer { w in
            Matmul.gemm(
              Operand(pointer: dy, stride: outputs).row(block.lowerBound),
              Operand(pointer: w, stride: inputs), into: out + block.lowerBound * inputs,
              stride: inputs, block.count, inputs, outputs)
          }
        }
      }
    }
  }

  /// dyᵀ · x.
  /// - Shapes: `[N, outputs]`, x `[N, inputs]` → `[outputs, inputs]`
  func outer(_ x: Tensor, as format: OperandFormat) -> Tensor {
    guard format == .float32 else {
      let columns = Weight(rows: x.untracked.transposed(), format.precision)
      return transposed().linear(columns, bias: nil)
    }
    let (outputs, inputs) = (columns, x.columns)
    return Tensor([outputs, inputs]) { out in
      guard let start = out.baseAddress else { return }
      nonisolated(unsafe) let out = start
      withBlocks(of: outputs) { block in
        withPointer { dy in
          x.withPointer { x in
            Matmul.gemm(
              Operand(pointer: dy, stride: outputs).row(0, block.lowerBound),
              Operand(pointer: x, stride: inputs), transposedLeft: true,
              into: out + block.lowerBound * inputs, stride: inputs, block.count, inputs, rows)
          }
        }
      }
    }
  }

  /// Calls `body` for blocks of a result's rows or columns, on the threads that may be used.
  func withBlocks(of count: Int, _ body: @Sendable (Range<Int>) -> Void) {
    Parallel.split(count, unit: Self.blockRows) { part in
      for start in stride(from: part.lowerBound, to: part.upperBound, by: Self.blockRows) {
        body(start..<min(start + Self.blockRows, part.upperBound))
      }
    }
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
