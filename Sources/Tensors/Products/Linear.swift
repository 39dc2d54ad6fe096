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
        eachExactPart(of: layer.weight) { rows, outputs in
          exactLinear(
            layer, activation, factor, residual, rows: rows, outputs: outputs, into: out)
        }
      }
    }
  }

  /// Hands out the parts of a product in float32: of few rows some outputs each, so that no thread
  /// packs all weights; of many, blocks of rows.
  private func eachExactPart(
    of weight: Weight, _ body: @Sendable (_ rows: Range<Int>, _ outputs: Range<Int>) -> Void
  ) {
    let outputs = weight.outputs
    if rows / Matmul.unitRows <= outputs / Matmul.unitOutputs, rows <= Matmul.blockRows,
      Matmul.canSplit(outputs: outputs, inputs: weight.inputs)
    {
      return Parallel.split(outputs, unit: Matmul.unitOutputs) { body(0..<rows, $0) }
    }
    Parallel.split(rows, unit: Matmul.unitRows) { rows in
      for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Matmul.blockRows) {
        body(start..<min(start + Matmul.blockRows, rows.upperBound), 0..<outputs)
      }
    }
  }

  /// Some outputs of some rows of `linear` in float32.
  /// - Parameter out: the whole result, `[N, outputs]`
  private func exactLinear(
    _ layer: Linear, _ activation: Activation, _ factor: Tensor?, _ residual: Tensor?,
    rows: Range<Int>, outputs: Range<Int>, into out: UnsafeMutablePointer<Float>
  ) {
    let stride = layer.weight.outputs
    // What is written lies together, or row by row.
    let isWhole = outputs.count == stride
    let runs = isWhole ? rows.lowerBound..<(rows.lowerBound + 1) : rows
    let (height, length) = (isWhole ? rows.count : 1, outputs.count)
    // With nothing done to the sum in between, the product adds to the residual.
    let isPlain = activation == .none && factor == nil
    for run in runs {
      let offset = run * stride + outputs.lowerBound
      Self.fill(
        out + offset, height, layer.bias, outputs, isPlain ? residual : nil, from: offset)
    }
    multiply(layer.weight, rows: rows, outputs: outputs, into: out + rows.lowerBound * stride)
    guard !isPlain else { return }
    for run in runs {
      let offset = run * stride + outputs.lowerBound
      let part = out + offset
      activation(part, rows: height, columns: length)
      factor?.withPointer { ck_multiply(part, part, $0 + offset, height * length) }
      residual?.withPointer { ck_add_to_rows(part, $0 + offset, 1, height * length) }
    }
  }

  /// activation(x · Wᵀ + b)
  package func linear(
    _ weight: Weight, bias: Tensor?, then activation: Activation = .none
  ) -> Tensor {
    linear(Linear(weight: weight, bias: bias), then: activation)
  }

  /// Adds the product of some rows with some outputs' part of Wᵀ to what is in these rows of all
  /// outputs, the first at `out`.
  private func multiply(
    _ weight: Weight, rows: Range<Int>, outputs: Range<Int>, into out: UnsafeMutablePointer<Float>
  ) {
    withPointer { x in
      weight.withRows(outputs) { part, w in
        Matmul.accumulate(
          x + rows.lowerBound * columns, times: w, into: out + part.lowerBound,
          stride: weight.outputs, rows: rows.count, outputs: part.count, inputs: columns)
      }
    }
  }

  /// Each row as the bias or the residual or both, which the product then adds to: cheaper than
  /// adding them afterwards.
  private static func fill(
    _ out: UnsafeMutablePointer<Float>, _ rows: Int, _ bias: Tensor?, _ outputs: Range<Int>,
    _ residual: Tensor?, from offset: Int
  ) {
    let (first, columns) = (outputs.lowerBound, outputs.count)
    if let residual {
      residual.withPointer { out.update(from: $0 + offset, count: rows * columns) }
      bias?.withPointer { ck_add_to_rows(out, $0 + first, rows, columns) }
    } else if let bias {
      bias.withPointer { bias in
        for row in 0..<rows { (out + row * columns).update(from: bias + first, count: columns) }
      }
    } else {
      out.update(repeating: 0, count: rows * columns)
    }
  }
}
