import CKernels

extension Tensor {
  // Rows that go through the product and the activation together: enough for the product to be
  // worth packing the weights (256 already gives 95 % of the rate of 2048), few enough for what it
  // writes to be in the cache still when the activation reads it.
  private static let blockRows = 512 / Matmul.rowPeriod * Matmul.rowPeriod

  /// x · Wᵀ + b, then the activation; plus `residual`, where there is one and no activation. Each
  /// row's bits are the same whatever rows are beside it.
  /// - Shapes: `[N, inputs]`, W `[outputs, inputs]`, b `[outputs]`, residual and → `[N, outputs]`
  package func linear(
    _ weight: Weight, bias: Tensor?, adding residual: Tensor? = nil,
    then activation: Activation = .none
  ) -> Tensor {
    let outputs = weight.outputs
    precondition(residual == nil || activation == .none, "an activation would take the residual in")
    precondition(residual.map { $0.count == rows * outputs } ?? true, "residual of another shape")
    return Tensor([rows, outputs]) { out in
      guard let out = out.baseAddress else { return }
      eachBlock(weight, bias) { start, count, multiply in
        let block = out + start * outputs
        Self.fill(block, rows: count, columns: outputs, bias, residual, from: start)
        multiply(block)
        activation(block, rows: count, columns: outputs)
      }
    }
  }

  /// activation(x · Gᵀ + c) ⊙ (x · Uᵀ + d): a feed-forward layer's way up with a gate (Shazeer,
  /// 2020). G and U lie one below the other in W, c and d in b.
  /// - Shapes: `[N, inputs]`, W `[2·F, inputs]`, b `[2·F]` → `[N, F]`
  package func gatedLinear(_ weight: Weight, bias: Tensor?, _ activation: Activation) -> Tensor {
    let (both, inner) = (weight.outputs, weight.outputs / 2)
    return Tensor([rows, inner]) { out in
      guard let out = out.baseAddress else { return }
      let scratch = Storage(count: min(rows, Self.blockRows) * both)
      guard let block = scratch.floats.baseAddress else { return }
      eachBlock(weight, bias) { start, count, multiply in
        Self.fill(block, rows: count, columns: both, bias, nil, from: 0)
        multiply(block)
        for row in 0..<count {
          let gate = block + row * both
          activation(gate, rows: 1, columns: inner)
          ck_multiply(out + (start + row) * inner, gate, gate + inner, inner)
        }
      }
      withExtendedLifetime(scratch) {}
    }
  }

  /// Hands out blocks of rows, each with the product that adds its part of x · Wᵀ to what is given.
  private func eachBlock(
    _ weight: Weight, _ bias: Tensor?,
    _ body: (_ start: Int, _ count: Int, _ multiply: (UnsafeMutablePointer<Float>) -> Void) -> Void
  ) {
    let (rows, inputs, outputs) = (rows, weight.inputs, weight.outputs)
    precondition(columns == inputs, "\(shape) cannot be multiplied by [\(outputs), \(inputs)]ᵀ")
    precondition(bias.map { $0.count == outputs } ?? true, "bias of \(outputs) numbers")
    withPointer { x in
      weight.rows.withPointer { w in
        for start in stride(from: 0, to: rows, by: Self.blockRows) {
          let count = min(Self.blockRows, rows - start)
          body(start, count) { block in
            Matmul.accumulate(
              x + start * inputs, times: w, into: block, rows: count, outputs: outputs,
              inputs: inputs)
          }
        }
      }
    }
  }

  /// Each row as the bias or the residual or both, which the product then adds to: cheaper than
  /// adding them afterwards.
  private static func fill(
    _ out: UnsafeMutablePointer<Float>, rows: Int, columns: Int, _ bias: Tensor?,
    _ residual: Tensor?, from start: Int
  ) {
    if let residual {
      residual.withPointer { out.update(from: $0 + start * columns, count: rows * columns) }
      bias?.withPointer { ck_add_to_rows(out, $0, rows, columns) }
    } else if let bias {
      bias.withPointer { bias in
        for row in 0..<rows { (out + row * columns).update(from: bias, count: columns) }
      }
    } else {
      out.update(repeating: 0, count: rows * columns)
    }
  }
}
