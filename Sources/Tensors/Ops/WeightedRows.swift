extension Tensor {
  /// Σ wᵢ xᵢ / Σ wᵢ
  /// - Shapes: each `[N, H]`, as many weights → `[N, H]`
  package static func weightedMean(of tensors: [Tensor], _ weights: Tensor) -> Tensor {
    let weights = weights.elements
    precondition(tensors.count == weights.count, "\(weights.count) weights")
    guard let first = tensors.first else { preconditionFailure("nothing to take the mean of") }
    let total = weights.reduce(0, +)
    return Tensor(first.shape) { out in
      out.update(repeating: 0)
      for (tensor, weight) in zip(tensors, weights) {
        precondition(tensor.shape == first.shape, "\(tensor.shape) beside \(first.shape)")
        tensor.withFloats { x in for index in out.indices { out[index] += weight * x[index] } }
      }
      for index in out.indices { out[index] /= total }
    }
  }

  /// Each row times its factor.
  /// - Shapes: `[N, H]`, N factors → `[N, H]`
  package func scaledRows(by factors: [Float]) -> Tensor {
    precondition(factors.count == rows, "\(factors.count) factors for \(rows) rows")
    return Tensor(shape) { out in
      withFloats { x in
        for (row, factor) in factors.enumerated() {
          for index in row * columns..<(row + 1) * columns { out[index] = factor * x[index] }
        }
      }
    }
  }
}
