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
    return Tensor([output.rows, width * columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for sequence in 0..<layout.count {
          let source = layout[sequence]
          for (position, row) in output[sequence].enumerated() {
            let start = position * stride - padding
            let present = max(0, -start)..<max(0, -start, min(width, source.count - start))
            guard !present.isEmpty else { continue }
            (out + (row * width + present.lowerBound) * columns).update(
              from: x + (source.lowerBound + start + present.lowerBound) * columns,
              count: present.count * columns)
          }
        }
      }
    }
  }
}
