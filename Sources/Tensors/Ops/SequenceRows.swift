extension Tensor {
  /// A copy of some rows of each sequence.
  /// - Parameters:
  ///   - sequences: where they lie
  ///   - target: the layout of the result, by default of these rows alone; its other rows are zeros
  /// - Shapes: `[N, H]` → `[target.rows, H]`
  package func rows(at sequences: SequenceLayout, as target: SequenceLayout? = nil) -> Tensor {
    let target = target ?? sequences.alone
    precondition(sequences.rows == rows && sequences.count == target.count, "other sequences")
    return Tensor([target.rows, columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for sequence in 0..<sequences.count {
          let (source, goal) = (sequences[sequence], target[sequence])
          precondition(source.count <= goal.count, "\(source.count) rows for \(goal.count)")
          (out + goal.lowerBound * columns).update(
            from: x + source.lowerBound * columns, count: source.count * columns)
        }
      }
    }
  }

  /// The one row of each sequence, without the padding: vectors as they leave a model.
  /// - Shapes: `[N, E]`, B sequences → `[B, E]`
  package func vectors(at sequences: SequenceLayout) -> Tensor {
    rows(at: sequences, as: .dense(sequences.count))
  }

  /// Each row as the one of its sequence, as products need them.
  /// - Shapes: `[B, E]`, B sequences → `[N, E]`
  package func vectors(as sequences: SequenceLayout) -> Tensor {
    rows(at: .dense(rows), as: sequences)
  }
}
