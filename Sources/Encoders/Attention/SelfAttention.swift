import Tensors

/// Attention of each sequence to itself, Q, K and V in one product.
struct SelfAttention: Sendable {
  /// Where a checkpoint keeps the three projections and the one after attention.
  struct Names: Sendable {
    let query, key, value, output: String
  }

  let heads: AttentionShape
  /// D, the columns of a head.
  let headSize: Int
  /// The outputs are queries, keys and values, head after head.
  let projection: Linear
  let output: Linear
  /// What brings queries and keys to a common size, where a model has it.
  var queryNorm, keyNorm: RMSNorm?
  /// What turns queries and keys by their places.
  var rotary: RotaryPositions?
  /// What is added to scores for where two tokens stand.
  var positionBias: (any PositionBias)?

  init(projection: Linear, output: Linear, _ heads: AttentionShape, headSize: Int) {
    self.projection = projection
    self.output = output
    self.heads = heads
    self.headSize = headSize
  }

  /// - Parameter headSize: D; `hidden` over the heads unless said
  init(
    _ weights: Weights, hidden: Int, _ heads: AttentionShape, headSize: Int? = nil, names: Names,
    bias: Bool = true, outputBias: Bool? = nil
  ) throws {
    let size = headSize ?? hidden / heads.count
    let (queries, keys) = (heads.count * size, heads.keyValueHeads * size)
    self.init(
      projection: try Linear(
        weights, hidden,
        stacking: [(names.query, queries), (names.key, keys), (names.value, keys)], bias: bias),
      output: try Linear(weights[names.output], queries, hidden, bias: outputBias ?? bias), heads,
      headSize: size)
  }

  var products: [ProductShape] { [projection.product, output.product] }
  /// A·D, the columns of the queries.
  var width: Int { heads.count * headSize }

  /// - Parameter edge: the one token of each sequence that is asked for; all unless said
  /// - Shapes: `[N, H]` → `[N, H]`, or as many rows as `layout.keeping(edge)` has
  func callAsFunction(
    _ x: Tensor, _ batch: TokenBatch, adding residual: Tensor? = nil, only edge: Edge? = nil
  ) -> Tensor {
    if isPlain, let projected = projection.narrow(x) {
      return attended(projected, batch, bias: nil, adding: residual, only: edge)
    }
    let (width, keys) = (width, heads.keyValueHeads * headSize)
    let projected = prepared(x, batch.layout)
    let bias = positionBias?.bias(projected, batch)
    if output.isNarrow {
      return attended(projected.narrowed(), batch, bias: bias, adding: residual, only: edge)
    }
    let attended = Tensor.attention(
      Columns(projected, 0..<width), Columns(projected, width..<width + keys),
      Columns(projected, width + keys..<width + 2 * keys), batch.layout, heads, bias: bias,
      only: edge)
    return output(attended, adding: residual)
  }

  /// Whether queries and keys meet as the projection makes them, and are all there is to a score.
  private var isPlain: Bool { queryNorm == nil && rotary == nil && positionBias == nil }

  private func attended(
    _ projected: BFloat16Rows, _ batch: TokenBatch, bias: (any ScoreBias)?,
    adding residual: Tensor?,
    only edge: Edge?
  ) -> Tensor {
    projected.attended(
      batch.layout, heads, size: headSize, bias: bias, then: output, adding: residual, only: edge)
  }

  /// Queries, keys and values as they meet.
  private func prepared(_ x: Tensor, _ layout: SequenceLayout) -> Tensor {
    let (width, keys) = (width, heads.keyValueHeads * headSize)
    var projected = projection(x)
    if let queryNorm, let keyNorm {
      projected = projected.headNorm(
        [(0..<width, queryNorm.scale), (width..<width + keys, keyNorm.scale)],
        epsilon: queryNorm.epsilon)
    }
    if let rotary {
      projected = projected.rotated(
        rotary, layout, heads: heads.count + heads.keyValueHeads, size: headSize)
    }
    return projected
  }
}
