import CKernels

extension Tensor {
  /// x · Wᵀ + b for few outputs, in float32, each number by itself: its bits depend neither on the
  /// other rows nor on where a row lies.
  /// - Shapes: `[N, inputs]`, W `[outputs, inputs]`, b `[outputs]` → `[N, outputs]`
  package func rowProducts(_ weights: Tensor, bias: Tensor?) -> Tensor {
    let outputs = weights.rows
    precondition(weights.columns == columns, "\(shape) times \(weights.shape)ᵀ")
    precondition(bias.map { $0.count == outputs } ?? true, "bias of \(outputs)")
    let y = Tensor([rows, outputs]) { out in
      withPointer { x in
        weights.withPointer { w in
          bias.withPart(from: 0) { bias in
            for row in 0..<rows {
              for output in 0..<outputs {
                out[row * outputs + output] =
                  ck_dot(x + row * columns, w + output * columns, columns) + (bias?[output] ?? 0)
              }
            }
          }
        }
      }
    }
    // y = x Wᵀ + b, so dx = dy W, dW = dyᵀ x, db = Σ dy
    return y.recorded([self, weights, bias]) { dy in
      [
        isTracked ? Tensor.product(dy, weights) : nil,
        weights.isTracked ? Tensor.product(dy, self, transposedLeft: true) : nil,
        bias.flatMap { $0.isTracked ? dy.sumOfRows() : nil },
      ]
    }
  }
}
