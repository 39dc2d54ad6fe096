/// A short convolution of each column between two gates, in the place of attention (LFM2; Liquid AI, 2025).
extension Tensor {
  /// Of rows that are B, C and X side by side, C ⊙ z, where z is in each column the sum of B ⊙ X over a
  /// row and those before it in its sequence, each times a factor.
  /// - Parameters:
  ///   - taps: the factors, the last of which is that of the row itself
  ///   - bias: what is added to z
  /// - Shapes: `[N, 3H]`, taps `[H, K]`, bias `[H]` → `[N, H]`
  package func gatedConvolution(
    _ taps: Tensor, bias: Tensor?, over layout: SequenceLayout
  ) -> Tensor {
    let width = taps.rows
    precondition(columns == 3 * width && rows == layout.rows, "\(shape) by taps of \(taps.shape)")
    let sums = columnProducts().convolved(taps, bias, over: layout)
    let y = Tensor([rows, width]) { out in
      withFloats { x in
        sums.withFloats { z in
          for index in out.indices {
            out[index] = x[index / width * 3 * width + width + index % width] * z[index]
          }
        }
      }
    }
    return y.recorded([self, taps] + (bias.map { [$0] } ?? [])) { dy in
      let slopes = slopes(dy, taps, bias, over: layout)
      return [slopes.rows, slopes.taps] + (bias == nil ? [] : [slopes.bias])
    }
  }

  /// B ⊙ X of rows that are B, C and X.
  private func columnProducts() -> Tensor {
    let width = columns / 3
    return Tensor([rows, width]) { out in
      withFloats { x in
        for row in 0..<rows {
          let start = row * 3 * width
          for column in 0..<width {
            out[row * width + column] = x[start + column] * x[start + 2 * width + column]
          }
        }
      }
    }
  }

  /// In each column the sum of a row and those before it, times their factors; 0 between sequences.
  private func convolved(_ taps: Tensor, _ bias: Tensor?, over layout: SequenceLayout) -> Tensor {
    let (width, count) = (columns, taps.columns)
    let (factors, bias) = (taps.transposed(), bias ?? Tensor.zeros([columns]))
    return Tensor(shape) { out in
      out.update(repeating: 0)
      withFloats { u in
        factors.withFloats { factors in
          bias.withFloats { bias in
            for sequence in 0..<layout.count {
              let rows = layout[sequence]
              for row in rows {
                let target = row * width
                for column in 0..<width { out[target + column] = bias[column] }
                for tap in max(0, count - 1 - (row - rows.lowerBound))..<count {
                  let source = (row - (count - 1 - tap)) * width
                  for column in 0..<width {
                    out[target + column] += factors[tap * width + column] * u[source + column]
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// With u = B ⊙ X and y = C ⊙ z: dC = dy ⊙ z and dz = dy ⊙ C; dz goes to each row that went into z,
  /// times its factor, and du on to dB = du ⊙ X and dX = du ⊙ B; a factor's slope is the sum of dz ⊙ u.
  private func slopes(
    _ dy: Tensor, _ taps: Tensor, _ bias: Tensor?, over layout: SequenceLayout
  ) -> (rows: Tensor, taps: Tensor, bias: Tensor) {
    let (width, count, total) = (taps.rows, taps.columns, rows)
    let products = columnProducts()
    let sums = products.convolved(taps, bias, over: layout)
    let factors = taps.transposed().elements
    var (tapSlopes, biasSlopes) = (
      [Float](repeating: 0, count: count * width), [Float](repeating: 0, count: width)
    )
    let dx = Tensor([total, 3 * width]) { out in
      out.update(repeating: 0)
      withFloats { x in
        dy.withFloats { dy in
          products.withFloats { u in
            sums.withFloats { z in
              for sequence in 0..<layout.count {
                let rows = layout[sequence]
                for row in rows {
                  let (start, own) = (row * 3 * width, row * width)
                  for column in 0..<width {
                    out[start + width + column] = dy[own + column] * z[own + column]
                    biasSlopes[column] += dy[own + column] * x[start + width + column]
                  }
                  for tap in max(0, count - 1 - (row - rows.lowerBound))..<count {
                    let source = row - (count - 1 - tap)
                    for column in 0..<width {
                      let dz = dy[own + column] * x[start + width + column]
                      tapSlopes[tap * width + column] += dz * u[source * width + column]
                      // du, where that of X goes, until all rows have been there.
                      out[source * 3 * width + 2 * width + column] +=
                        factors[tap * width + column] * dz
                    }
                  }
                }
              }
            }
          }
        }
        for row in 0..<total {
          let start = row * 3 * width
          for column in 0..<width {
            let du = out[start + 2 * width + column]
            out[start + column] = du * x[start + 2 * width + column]
            out[start + 2 * width + column] = du * x[start + column]
          }
        }
      }
    }
    return (
      dx, Tensor([count, width], tapSlopes).transposed().reshaped(taps.shape),
      Tensor([width], biasSlopes)
    )
  }
}
