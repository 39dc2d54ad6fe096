import Tensors

/// Attention of each sequence to itself, Q, K and V in one product.
struct SelfAttention: Sendable {
  /// Where a checkpoint keeps the three projections and the one after attention.
  struct Names: Sendable {
    let query, key, value, output: String
  }

  let shape: AttentionShape
  /// The outputs are queries, keys and values, head after head.
  let projection: Linear
  let output: Linear
  /// What brings queries and keys to a common size, where a model has it.
  var queryNorm, keyNorm: RMSNorm?
  /// The scale `[D]` of the norm of values, where a model has that with those.
  var valueScale: Tensor?
  /// What turns queries and keys by their positions.
  var rotary: RotaryPositions?
  /// What is added to scores for where two tokens stand.
  var positionBias: PositionBias?

  init(projection: Linear, output: Linear, _ shape: AttentionShape) {
    (self.projection, self.output, self.shape) = (projection, output, shape)
  }

  init(
    _ weights: Weights, hidden: Int, _ shape: AttentionShape, names: Names, bias: Bool = true,
    outputBias: Bool? = nil
  ) throws {
    let keys = shape.keyValueWidth
    self.init(
      projection: try Linear(
        weights, hidden,
        stacking: [(names.query, shape.width), (names.key, keys), (names.value, keys)],
        bias: bias),
      output: try Linear(weights[names.output], shape.width, hidden, bias: outputBias ?? bias),
      shape)
  }

  var products: [ProductShape] { [projection.product, output.product] }

  /// - Parameter queries: the rows to compute; all by default
  /// - Shapes: `[N, H]` → `[N, H]`, or as many rows as `queries.alone` has
  func callAsFunction(
    _ x: Tensor, _ batch: TokenBatch, adding residual: Tensor? = nil,
    queries: SequenceLayout? = nil
  ) -> Tensor {
    x.selfAttention(
      projection, batch.layout, shape, bias: positionBias?(batch), prepare: prepare,
      dropout: batch.training?.dropout(.attentionWeights), output: output, adding: residual,
      queries: queries)
  }

  /// What queries and keys go through before they meet.
  var prepare: QueryKeyTransform {
    var prepare = QueryKeyTransform(rotary: rotary)
    if let queryNorm, let keyNorm {
      prepare.norms = (queryNorm.scale, keyNorm.scale, valueScale, queryNorm.epsilon)
    }
    return prepare
  }
}
