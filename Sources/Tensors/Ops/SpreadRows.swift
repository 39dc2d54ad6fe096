extension Tensor {
  /// Each row at a place where a product gives it the bits it would have alone: at every
  /// `Matmul.rowPeriod`th one, zeros between. `gathered` takes them from there.
  /// - Shapes: `[B, E]` → `[B · period, E]`
  package func spread() -> Tensor {
    let period = Matmul.rowPeriod
    guard period > 1 else { return self }
    return Tensor([rows * period, columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for row in 0..<rows {
          (out + row * period * columns).update(from: x + row * columns, count: columns)
        }
      }
    }
  }

  /// The rows that `spread` set apart.
  /// - Shapes: `[B · period, E]` → `[B, E]`
  package func gathered() -> Tensor {
    let period = Matmul.rowPeriod
    guard period > 1 else { return self }
    return Tensor([rows / period, columns]) { out in
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for row in 0..<rows / period {
          (out + row * columns).update(from: x + row * period * columns, count: columns)
        }
      }
    }
  }
}
