import CKernels

extension Tensor {
  /// activation(x · Wᵀ + b), times `factor` and plus `residual` where there are such. Each row's
  /// bits are the same whatever rows are beside it.
  /// - Shapes: `[N, inputs]`, W `[outputs, inputs]`, b `[outputs]`; factor, residual and result
  ///   `[N, outputs]`
  package func linear(
    _ layer: Linear, then activation: Activation = .none, times factor: Tensor? = nil,
    adding residual: Tensor? = nil
  ) -> Tensor {
    let outputs = layer.weight.outputs
    precondition(
      columns == layer.weight.inputs, "\(shape) times [\(outputs), \(layer.weight.inputs)]ᵀ")
    for other in [factor, residual] {
      precondition(other.map { $0.count == rows * outputs } ?? true, "another shape")
    }
    if isTracked || layer.isTracked || factor?.isTracked ?? false || residual?.isTracked ?? false {
      return trackedLinear(layer, activation, factor, residual)
    }
    return linear(layer, activation, factor, residual)
  }

  private func linear(
    _ layer: Linear, _ activation: Activation, _ factor: Tensor?, _ residual: Tensor?
  ) -> Tensor {
    let outputs = layer.weight.outputs
    switch layer.weight.format {
    case .bfloat16, .bfloat16x2, .uint8:
      return packedLinear(layer, activation, factor, residual)
    case .float32:
      return Tensor([rows, outputs]) { out in
        guard let start = out.baseAddress else { return }
        nonisolated(unsafe) let out = start
        Parallel.split(rows, unit: Matmul.unitRows) { rows in
          for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Matmul.blockRows) {
            exactLinear(
              layer, activation, factor, residual,
              rows: start..<min(start + Matmul.blockRows, rows.upperBound),
              into: out + start * outputs)
          }
        }
      }
    }
  }

  /// A block of rows of `linear` in float32.
  private func exactLinear(
    _ layer: Linear, _ activation: Activation, _ factor: Tensor?, _ residual: Tensor?,
    rows: Range<Int>, into block: UnsafeMutablePointer<Float>
  ) {
    let outputs = layer.weight.outputs
    let offset = rows.lowerBound * outputs
    // With nothing done to the sum in between, the product adds to the residual.
    let isPlain = activation == .none && factor == nil
    Self.fill(block, rows.count, layer, isPlain ? residual : nil, from: offset)
    multiply(layer.weight.rows, rows: rows, into: block)
    activation(block, rows: rows.count, columns: outputs)
    factor?.withPointer { ck_multiply(block, block, $0 + offset, rows.count * outputs) }
    if !isPlain {
      residual?.withPointer { ck_add_to_rows(block, $0 + offset, 1, rows.count * outputs) }
    }
  }

  /// activation(x · Wᵀ + b)
  package func linear(
    _ weight: Weight, bias: Tensor?, then activation: Activation = .none
  ) -> Tensor {
    linear(Linear(weight: weight, bias: bias), then: activation)
  }

  /// Adds the product of some rows with Wᵀ to what is at `block`.
  private func multiply(
    _ weights: Tensor, rows: Range<Int>, into block: UnsafeMutablePointer<Float>
  ) {
    withPointer { x in
      weights.withPointer { w in
        Matmul.accumulate(
          x + rows.lowerBound * columns, times: w, into: block, rows: rows.count,
          outputs: weights.rows, inputs: columns)
      }
    }
  }

  /// Each row as the bias or the residual or both, which the product then adds to: cheaper than
  /// adding them afterwards.
  private static func fill(
    _ out: UnsafeMutablePointer<Float>, _ rows: Int, _ layer: Linear, _ residual: Tensor?,
    from offset: Int
  ) {
    let columns = layer.weight.outputs
    if let residual {
      residual.withPointer { out.update(from: $0 + offset, count: rows * columns) }
      layer.bias?.withPointer { ck_add_to_rows(out, $0, rows, columns) }
    } else if let bias = layer.bias {
      bias.withPointer { bias in
        for row in 0..<rows { (out + row * columns).update(from: bias, count: columns) }
      }
    } else {
      out.update(repeating: 0, count: rows * columns)
    }
  }
}
