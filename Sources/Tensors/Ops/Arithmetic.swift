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
      .recorded([self, other]) { [$0, $0] }
  }

  /// Each row plus `vector`.
  /// - Shapes: `[N, H]`, `[H]` → `[N, H]`
  package func adding(toEachRow vector: Tensor) -> Tensor {
    precondition(vector.count == columns, "\(vector.count) numbers to rows of \(columns)")
    return copied { out in vector.withPointer { ck_add_to_rows(out, $0, rows, columns) } }
      .recorded([self, vector]) { [$0, vector.isTracked ? $0.sumOfRows() : nil] }
  }

  /// Every element plus `number`.
  package func adding(_ number: Float) -> Tensor {
    copied { out in for index in 0..<count { out[index] += number } }.recorded([self]) { [$0] }
  }

  /// Every element times `factor`.
  package func scaled(by factor: Float) -> Tensor {
    copied { out in for index in 0..<count { out[index] *= factor } }
      .recorded([self]) { [$0.scaled(by: factor)] }
  }

  /// Each element times that of the other.
  /// - Shapes: `[N, H]`, other of the same shape → `[N, H]`
  package func multiplied(by other: Tensor) -> Tensor {
    precondition(other.count == count, "\(other.shape) times \(shape)")
    let product = Tensor(shape) { out in
      withPointer { x in other.withPointer { ck_multiply(out.baseAddress, x, $0, count) } }
    }
    return product.recorded([self, other]) { dy in
      [
        isTracked ? dy.multiplied(by: other) : nil,
        other.isTracked ? dy.multiplied(by: self) : nil,
      ]
    }
  }

  /// Each element that is negative times a learned slope (PReLU; He et al., 2015).
  /// - Shapes: any, slope `[1]` → the same
  package func leaky(slope: Tensor) -> Tensor {
    let factor = slope.elements[0]
    let y = copied { out in
      for index in 0..<count where !(out[index] >= 0) { out[index] *= factor }
    }
    // y = a·x where x < 0, so there dx = a·dy, and da = Σ dy·x. At 0 as PyTorch has it.
    return y.recorded([self, slope]) { dy in
      withFloats { x in
        var sum = 0.0
        let dx = dy.copied { dx in
          for index in x.indices where !(x[index] > 0) {
            sum += Double(dx[index]) * Double(x[index])
            dx[index] *= factor
          }
        }
        return [dx, Tensor([1], [Float(sum)])]
      }
    }
  }

  /// - Shapes: `[rows, columns]` → `[columns, rows]`
  package func transposed() -> Tensor { transposed(eachOf: 1).reshaped([columns, rows]) }

  /// Each of `count` matrices that lie one below the other, transposed.
  /// - Shapes: `[count, rows, columns]` → `[count, columns, rows]`
  package func transposed(eachOf count: Int) -> Tensor {
    let (rows, columns) = (rows / count, columns)
    let turned = Tensor([count, columns, rows]) { out in
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for start in stride(from: 0, to: count * rows * columns, by: max(1, rows * columns)) {
          ck_transpose(out + start, x + start, rows, columns, columns)
        }
      }
    }
    return turned.recorded([self]) { [$0.transposed(eachOf: count)] }
  }
}

extension Tensor {
  /// Σ wᵢ xᵢ / Σ wᵢ
  /// - Shapes: each `[N, H]`, as many weights → `[N, H]`
  package static func weightedMean(of tensors: [Tensor], _ weights: Tensor) -> Tensor {
    let factors = weights.elements
    precondition(tensors.count == factors.count, "\(factors.count) weights")
    guard let first = tensors.first else { preconditionFailure("nothing to take the mean of") }
    let total = factors.reduce(0, +)
    let y = Tensor(first.shape) { out in
      out.update(repeating: 0)
      for (tensor, factor) in zip(tensors, factors) {
        precondition(tensor.shape == first.shape, "\(tensor.shape) beside \(first.shape)")
        tensor.withFloats { x in for index in out.indices { out[index] += factor * x[index] } }
      }
      for index in out.indices { out[index] /= total }
    }
    return y.recorded(tensors + [weights]) { dy in
      zip(tensors, factors).map { tensor, factor in
        tensor.isTracked ? dy.scaled(by: factor / total) : nil
      } + [weights.isTracked ? dy.slopes(byWeightsOf: tensors, mean: y, total) : nil]
    }
  }

  /// y = Σ wᵢ xᵢ / Σ w, so dwᵢ = Σ dy ⊙ (xᵢ − y) / Σ w.
  private func slopes(byWeightsOf tensors: [Tensor], mean y: Tensor, _ total: Float) -> Tensor {
    let sums = tensors.map { tensor in
      withFloats { dy in
        tensor.withFloats { x in
          y.withFloats { y in
            dy.indices.reduce(0.0) { $0 + Double(dy[$1]) * Double(x[$1] - y[$1]) }
          }
        }
      }
    }
    return Tensor([sums.count], sums.map { Float($0 / Double(total)) })
  }

  /// Each row times its factor.
  /// - Shapes: `[N, H]`, N factors → `[N, H]`
  package func scaledRows(by factors: [Float]) -> Tensor {
    precondition(factors.count == rows, "\(factors.count) factors for \(rows) rows")
    let y = Tensor(shape) { out in
      withFloats { x in
        for (row, factor) in factors.enumerated() {
          for index in row * columns..<(row + 1) * columns { out[index] = factor * x[index] }
        }
      }
    }
    return y.recorded([self]) { [$0.scaledRows(by: factors)] }
  }
}

extension Tensor {
  /// Whether no element of row `row` is infinite or NaN.
  package func isFinite(row: Int) -> Bool {
    withPointer { ck_all_finite($0 + row * columns, columns) }
  }
}
