extension Tensor {
  // Rows that go through the product and the activation together: enough for the product to be
  // worth packing the weights (256 already gives 95 % of the rate of 2048), few enough for what it
  // writes to be in the cache still when the activation reads it.
  private static let blockRows = 512 / Matmul.rowPeriod * Matmul.rowPeriod

  /// x · Wᵀ + b, then the activation; each row's bits are the same whatever rows are beside it.
  /// - Shapes: `[N, inputs]`, W `[outputs, inputs]`, b `[outputs]` → `[N, outputs]`
  package func linear(
    _ weight: Weight, bias: Tensor?, then activation: Activation = .none
  ) -> Tensor {
    let (rows, inputs, outputs) = (rows, weight.inputs, weight.outputs)
    precondition(columns == inputs, "\(shape) cannot be multiplied by [\(outputs), \(inputs)]ᵀ")
    precondition(bias.map { $0.count == outputs } ?? true, "bias of \(outputs) numbers")
    return Tensor([rows, outputs]) { out in
      guard let out = out.baseAddress else { return }
      withPointer { x in
        weight.rows.withPointer { w in
          for start in stride(from: 0, to: rows, by: Self.blockRows) {
            let count = min(Self.blockRows, rows - start)
            let block = out + start * outputs
            Self.fill(block, rows: count, columns: outputs, with: bias)
            Matmul.accumulate(
              x + start * inputs, times: w, into: block, rows: count, outputs: outputs,
              inputs: inputs)
            activation(block, rows: count, columns: outputs)
          }
        }
      }
    }
  }

  /// Each row as the bias, which the product then adds to: cheaper than adding it afterwards.
  private static func fill(
    _ out: UnsafeMutablePointer<Float>, rows: Int, columns: Int, with bias: Tensor?
  ) {
    guard let bias else { return out.update(repeating: 0, count: rows * columns) }
    bias.withPointer { bias in
      for row in 0..<rows { (out + row * columns).update(from: bias, count: columns) }
    }
  }
}
