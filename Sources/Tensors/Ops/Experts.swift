import CKernels

// Layers of which each row goes through some only (Shazeer et al., 2017).
extension Tensor {
  /// The softmax of each row.
  /// - Shapes: `[N, E]` → the same
  package func softmax() -> Tensor {
    let y = copied { ck_softmax($0, rows, columns, 1) }
    return y.recorded([self]) { dy in
      [
        dy.copied { out in
          y.withPointer { ck_softmax_slope(out, $0, out, y.rows, y.columns, 1) }
        }
      ]
    }
  }

  /// Of each row the columns of its largest numbers, the first of equals.
  package func largest(_ count: Int) -> [[Int]] {
    withFloats { x in
      (0..<rows).map { row in
        var left = Array(0..<columns)
        return (0..<Swift.min(count, columns)).map { _ in
          let start = row * columns
          let best = left.indices.reduce(0) { x[start + left[$1]] > x[start + left[$0]] ? $1 : $0 }
          return left.remove(at: best)
        }
      }
    }
  }

  /// The sum of what experts make of rows, each times its weight.
  /// - Parameters:
  ///   - outputs: of expert e, of each of `rows[e]`: `[rows[e].count, H]`
  ///   - weights: `[N, experts]`
  /// - Shapes: → `[N, H]`
  package static func mixture(
    _ outputs: [Tensor], of rows: [[Int]], _ weights: Tensor, columns: Int
  ) -> Tensor {
    precondition(outputs.count == rows.count && weights.columns == rows.count)
    let sum = Tensor([weights.rows, columns]) { out in
      out.update(repeating: 0)
      each(outputs, rows, weights) { row, _, weight, output in
        for column in 0..<columns { out[row * columns + column] += weight * output[column] }
      }
    }
    return sum.recorded(outputs + [weights]) { dy in
      // y = Σ w o, so do = w dy and dw = Σ o dy.
      let dOutputs = zip(outputs, rows).enumerated().map { expert, part -> Tensor? in
        guard part.0.isTracked else { return nil }
        let factors = weights.withFloats { w in
          part.1.map { w[$0 * weights.columns + expert] }
        }
        return dy.untracked.rows(part.1).scaledRows(by: factors)
      }
      let dWeights = Tensor(weights.shape) { out in
        out.update(repeating: 0)
        dy.withFloats { dy in
          each(outputs, rows, weights) { row, expert, _, output in
            out[row * weights.columns + expert] = (0..<columns).reduce(0) {
              $0 + dy[row * columns + $1] * output[$1]
            }
          }
        }
      }
      return dOutputs + [weights.isTracked ? dWeights : nil]
    }
  }

  /// Calls `body` with each row that an expert has, the expert, its weight and what it made.
  private static func each(
    _ outputs: [Tensor], _ rows: [[Int]], _ weights: Tensor,
    _ body: (_ row: Int, _ expert: Int, _ weight: Float, _ output: UnsafePointer<Float>) -> Void
  ) {
    weights.withFloats { w in
      for (expert, (output, rows)) in zip(outputs, rows).enumerated() {
        output.withPointer { numbers in
          for (place, row) in rows.enumerated() {
            body(
              row, expert, w[row * weights.columns + expert], numbers + place * output.columns)
          }
        }
      }
    }
  }
}
