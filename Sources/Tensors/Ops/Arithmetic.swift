import CKernels

extension Tensor {
  /// A tensor of the same elements, which `change` then changes.
  func copied(_ change: (UnsafeMutablePointer<Float>) -> Void) -> Tensor {
    Tensor(shape) { out in
      guard let out = out.baseAddress else { return }
      withPointer { out.update(from: $0, count: count) }
      change(out)
    }
  }

  /// - Shapes: `[N, H]`, other of the same shape → `[N, H]`
  package func adding(_ other: Tensor) -> Tensor {
    precondition(other.count == count, "\(other.shape) added to \(shape)")
    return copied { out in other.withPointer { ck_add_to_rows(out, $0, 1, count) } }
  }

  /// Each row plus `vector`.
  /// - Shapes: `[N, H]`, `[H]` → `[N, H]`
  package func adding(toEachRow vector: Tensor) -> Tensor {
    precondition(vector.count == columns, "\(vector.count) numbers to rows of \(columns)")
    return copied { out in vector.withPointer { ck_add_to_rows(out, $0, rows, columns) } }
  }

  /// Every element plus `number`.
  package func adding(_ number: Float) -> Tensor {
    copied { out in for index in 0..<count { out[index] += number } }
  }

  /// Every element times `factor`.
  package func scaled(by factor: Float) -> Tensor {
    copied { out in for index in 0..<count { out[index] *= factor } }
  }

  /// Each element that is negative times a learned slope (PReLU; He et al., 2015).
  /// - Shapes: any, slope `[1]` → the same
  package func leaky(slope: Tensor) -> Tensor {
    let slope = slope.elements[0]
    return copied { out in for index in 0..<count where !(out[index] >= 0) { out[index] *= slope } }
  }

  /// - Shapes: `[rows, columns]` → `[columns, rows]`
  package func transposed() -> Tensor { transposed(eachOf: 1).reshaped([columns, rows]) }

  /// Each of `count` matrices that lie one below the other, transposed.
  /// - Shapes: `[count, rows, columns]` → `[count, columns, rows]`
  package func transposed(eachOf count: Int) -> Tensor {
    let (rows, columns) = (rows / count, columns)
    return Tensor([count, columns, rows]) { out in
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for start in stride(from: 0, to: count * rows * columns, by: max(1, rows * columns)) {
          ck_transpose(out + start, x + start, rows, columns, columns)
        }
      }
    }
  }
}

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

extension Tensor {
  /// Whether no element of row `row` is infinite or NaN.
  package func isFinite(row: Int) -> Bool {
    withPointer { ck_all_finite($0 + row * columns, columns) }
  }
}
