import CKernels

extension Tensor {
  /// Each row over its Euclidean length, or over 1e-12 where that is larger
  /// (`torch.nn.functional.normalize`).
  /// - Shapes: `[B, E]` → `[B, E]`
  package func normalizedRows() -> Tensor {
    Tensor(shape) { out in
      withFloats { x in
        guard let x = x.baseAddress, let out = out.baseAddress else { return }
        for start in stride(from: 0, to: count, by: max(columns, 1)) {
          let length = ck_dot(x + start, x + start, columns).squareRoot()
          let divisor = length.isNaN ? length : max(length, 1e-12)
          for column in start..<start + columns { out[column] = x[column] / divisor }
        }
      }
    }
  }
}
