import CKernels

extension Tensor {
  /// For each row of `output`, the `width` rows around its position in the sequence side by side, zeros
  /// where they reach over its ends: what a convolution multiplies.
  /// - Parameters:
  ///   - padding: how many positions the first window begins before its sequence
  ///   - stride: from one window to the next
  /// - Shapes: `[N, E]` → `[N', width · E]`
  package func unfolded(
    of layout: SequenceLayout, width: Int, padding: Int, stride: Int, into output: SequenceLayout
  ) -> Tensor {
    let columns = columns
    let windows = windows(
      of: layout, width: width, padding: padding, stride: stride, into: output)
    let y = Tensor([output.rows, width * columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for (source, place, count) in windows {
          (out + place * columns).update(from: x + source * columns, count: count * columns)
        }
      }
    }
    // A row's derivative is the sum of those by its copies.
    return y.recorded([self]) { dy in
      let dx = Tensor([layout.rows, columns]) { out in
        out.update(repeating: 0)
        guard let out = out.baseAddress else { return }
        dy.withPointer { dy in
          for (source, place, count) in windows {
            ck_add_to_rows(out + source * columns, dy + place * columns, 1, count * columns)
          }
        }
      }
      return [dx]
    }
  }

  /// For each window that has rows of its sequence: the first of them, its place among all windows'
  /// rows, and how many there are.
  private func windows(
    of layout: SequenceLayout, width: Int, padding: Int, stride: Int, into output: SequenceLayout
  ) -> [(source: Int, place: Int, count: Int)] {
    var found: [(source: Int, place: Int, count: Int)] = []
    for sequence in 0..<layout.count {
      let source = layout[sequence]
      for (position, row) in output[sequence].enumerated() {
        let start = position * stride - padding
        let first = max(0, -start)
        let count = min(width, source.count - start) - first
        guard count > 0 else { continue }
        found.append((source.lowerBound + start + first, row * width + first, count))
      }
    }
    return found
  }
}
