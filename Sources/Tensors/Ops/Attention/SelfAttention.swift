extension Tensor {
  /// output(softmax(scale · Q Kᵀ + bias) V) + residual within each sequence, head by head
  /// (Vaswani et al., 2017), where Q, K and V are what one projection makes of the rows.
  ///
  /// What a token gets depends on its own sequence alone, and so do the shapes of all products:
  /// the same text gives the same bits in any batch.
  /// - Parameters:
  ///   - projection: to queries, keys and values side by side, head after head
  ///   - bias: what is added to the scaled scores
  ///   - prepare: what queries and keys go through before they meet
  ///   - dropout: of attention's weights, in training
  ///   - residual: rows as those of the result
  ///   - queries: the rows to compute, which attend to all others; all by default
  /// - Shapes: `[N, H]` → `[N, H]`, or as many rows as `queries.alone` has
  package func selfAttention(
    _ projection: Linear, _ layout: SequenceLayout, _ shape: AttentionShape,
    bias: (any ScoreBias)? = nil, prepare: QueryKeyTransform = .identity,
    dropout: Dropout? = nil, output: Linear, adding residual: Tensor? = nil,
    queries: SequenceLayout? = nil
  ) -> Tensor {
    precondition(
      projection.weight.outputs == shape.projectedWidth && output.weight.inputs == shape.width,
      "a projection to \(projection.weight.outputs) columns, of \(shape)")
    precondition(projection.weight.format == output.weight.format, "two precisions")
    precondition(bias == nil || shape.cap == nil, "a bias of capped scores")
    // The way back needs what lies between.
    let isExact = projection.weight.format == .float32
    guard isExact || isTracked || projection.isTracked || output.isTracked || dropout != nil else {
      return PackedAttention(layout, shape, bias: bias, queries: queries)(
        self, projection, prepare, output, adding: residual)
    }
    let attended = prepare(projection(self), layout, shape)
      .attention(layout, shape, bias: bias, queries: queries, dropout: dropout)
    return output(attended, adding: residual)
  }
}

/// What queries and keys go through before they meet.
package struct QueryKeyTransform: Sendable {
  /// The scales `[D]` of the norms that bring each head to length √D, of values perhaps too, and their
  /// ε.
  package var norms: (queries: Tensor, keys: Tensor, values: Tensor?, epsilon: Float)?
  /// What turns them by their positions.
  package var rotary: RotaryPositions?

  package static let identity = QueryKeyTransform()

  package init(
    norms: (queries: Tensor, keys: Tensor, values: Tensor?, epsilon: Float)? = nil,
    rotary: RotaryPositions? = nil
  ) {
    (self.norms, self.rotary) = (norms, rotary)
  }

  var isIdentity: Bool { norms == nil && rotary == nil }

  /// - Shapes: queries, keys and values side by side → the same
  func callAsFunction(
    _ projected: Tensor, _ layout: SequenceLayout, _ shape: AttentionShape
  ) -> Tensor {
    let (width, keys) = (shape.width, shape.keyValueWidth)
    let normalized =
      norms.map { norms in
        let values = norms.values.map { [(width + keys..<width + 2 * keys, $0)] } ?? []
        return projected.headNorm(
          [(0..<width, norms.queries), (width..<width + keys, norms.keys)] + values,
          epsilon: norms.epsilon)
      } ?? projected
    return rotary.map { normalized.rotated($0, layout, shape) } ?? normalized
  }
}
