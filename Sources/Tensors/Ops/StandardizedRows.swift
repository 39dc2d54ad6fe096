extension Tensor {
  /// (x − mean) / (σ + ε) of each row, with σ over the numbers less one, as statistics has it.
  /// - Shapes: `[N, H]` → `[N, H]`
  package func standardizedRows(epsilon: Double) -> Tensor {
    let deviations = withFloats { x in
      (0..<rows).map { row in
        let numbers = UnsafeBufferPointer(rebasing: x[row * columns..<(row + 1) * columns])
        return RowDeviation(of: numbers)
      }
    }
    let y = Tensor(shape) { out in
      withFloats { x in
        for index in out.indices {
          let row = deviations[index / columns]
          out[index] = Float((Double(x[index]) - row.mean) / (row.deviation + epsilon))
        }
      }
    }
    return y.recorded([self]) { dy in
      // x = m + y (σ + ε), so dx = (dy − mean dy) / (σ + ε) − y Σ(dy y) / ((n − 1) σ).
      let dx = Tensor(shape) { out in
        y.withFloats { y in
          dy.withFloats { dy in
            for (row, found) in deviations.enumerated() {
              let range = row * columns..<(row + 1) * columns
              let mean = range.reduce(0) { $0 + Double(dy[$1]) } / Double(columns)
              let product = range.reduce(0) { $0 + Double(dy[$1]) * Double(y[$1]) }
              let divisor = Double(columns - 1) * found.deviation
              let share = divisor > 0 ? product / divisor : 0
              for index in range {
                out[index] = Float(
                  (Double(dy[index]) - mean) / (found.deviation + epsilon)
                    - Double(y[index]) * share)
              }
            }
          }
        }
      }
      return [dx]
    }
  }
}

/// The mean of a row's numbers, and how far they lie from it.
private struct RowDeviation {
  let mean, deviation: Double

  init(of x: UnsafeBufferPointer<Float>) {
    let mean = x.reduce(0) { $0 + Double($1) } / Double(max(1, x.count))
    let squares = x.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    self.mean = mean
    deviation = (squares / Double(max(1, x.count - 1))).squareRoot()
  }
}
