extension Tensor {
  /// A copy of some rows of each sequence.
  /// - Parameters:
  ///   - sequences: where they lie
  ///   - target: the layout of the result, by default of these rows alone; its other rows are zeros
  /// - Shapes: `[N, H]` → `[target.rows, H]`
  package func rows(at sequences: SequenceLayout, as target: SequenceLayout? = nil) -> Tensor {
    let target = target ?? sequences.alone
    precondition(sequences.rows == rows && sequences.count == target.count, "other sequences")
    for sequence in 0..<sequences.count {
      let (given, wanted) = (sequences[sequence].count, target[sequence].count)
      precondition(given <= wanted, "\(given) rows for \(wanted)")
    }
    return moved(from: sequences, to: target).recorded([self]) {
      [$0.moved(from: target, to: sequences)]
    }
  }

  /// As many rows of each sequence as it has in both layouts, zeros in all others.
  private func moved(from sequences: SequenceLayout, to target: SequenceLayout) -> Tensor {
    Tensor([target.rows, columns]) { out in
      out.update(repeating: 0)
      guard let out = out.baseAddress else { return }
      withPointer { x in
        for sequence in 0..<sequences.count {
          let (source, goal) = (sequences[sequence], target[sequence])
          (out + goal.lowerBound * columns).update(
            from: x + source.lowerBound * columns,
            count: min(source.count, goal.count) * columns)
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
