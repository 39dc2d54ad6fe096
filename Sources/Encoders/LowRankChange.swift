package import Tensors

/// What is made of a stored matrix, or vector, before it is used.
package protocol WeightChange: Sendable {
  /// - Shapes: those of the file → the same
  func applied(to w: Tensor) -> Tensor
}

/// What an adapter makes of a stored matrix W: W + s·B·A (Hu et al., 2021), perhaps with rows that are
/// then brought to lengths of their own (DoRA; Liu et al., 2024).
package struct LowRankChange: WeightChange {
  /// `[r, inputs]` and `[outputs, r]`.
  let a, b: Tensor
  /// s
  let scale: Float
  /// Whether W is stored as `[inputs, outputs]`, as tables of embeddings are.
  let isTransposed: Bool
  /// The lengths of rows, one for each output; `nil` where they stay as they come.
  let lengths: Tensor?

  package init(
    a: Tensor, b: Tensor, scale: Float, isTransposed: Bool = false, lengths: Tensor? = nil
  ) {
    (self.a, self.b, self.scale) = (a, b, scale)
    (self.isTransposed, self.lengths) = (isTransposed, lengths)
  }

  /// The matrix with the change.
  /// - Shapes: `[outputs, inputs]`, or `[inputs, outputs]` where it is stored so → the same
  package func applied(to w: Tensor) -> Tensor {
    let changed =
      isTransposed
      ? w.adding(a.transposed(), times: b.transposed(), scale: scale)
      : w.adding(b, times: a, scale: scale)
    guard let lengths else { return changed }
    let rows = isTransposed ? changed.transposed() : changed
    let scaled = rows.rowsStretched(to: lengths)
    return isTransposed ? scaled.transposed() : scaled
  }
}
