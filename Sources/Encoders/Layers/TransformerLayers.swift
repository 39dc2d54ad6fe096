package import Tensors

/// A transformer layer that normalises after each half, as the first ones did: BERT and its kin.
package struct PostNormLayer: EncoderLayer {
  /// Where a checkpoint keeps the parts of a layer.
  struct Names: Sendable {
    let attention: SelfAttention.Names
    let attentionNorm, up, down, outputNorm: String
  }

  let attention: SelfAttention
  let attentionNorm: LayerNorm
  let feedForward: any RowLayer
  let outputNorm: LayerNorm

  package var products: [ProductShape] { attention.products + feedForward.products }
  package var attentionWidth: Int { attention.shape.width }
  package var attentionHeads: Int { attention.shape.heads }

  package func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor
  {
    let kept = queries.map { x.rows(at: $0) } ?? x
    let context = batch.dropped(
      attention(x, batch, queries: queries), .attentionOutput, queries: queries)
    let attended = attentionNorm(context, adding: kept)
    let output = batch.dropped(
      feedForward(attended, batch, adding: nil, queries: queries), .feedForwardOutput,
      queries: queries)
    return outputNorm(output, adding: attended)
  }
}

extension PostNormLayer {
  init(
    _ weights: Weights, hidden: Int, heads: Int, inner: Int, activation: Activation,
    epsilon: Float, names: Names, mask: AttentionMask = .all, positionBias: PositionBias? = nil
  ) throws {
    var attention = try SelfAttention(
      weights, hidden: hidden, AttentionShape(heads: heads, size: hidden / heads, mask: mask),
      names: names.attention)
    attention.positionBias = positionBias
    try self.init(
      attention, weights, hidden: hidden, inner: inner, activation: activation, epsilon: epsilon,
      names: names)
  }

  /// A layer whose attention is made already.
  init(
    _ attention: SelfAttention, _ weights: Weights, hidden: Int, inner: Int,
    activation: Activation, epsilon: Float, names: Names = BERT.names
  ) throws {
    self.init(
      attention: attention,
      attentionNorm: try LayerNorm(weights[names.attentionNorm], hidden, epsilon: epsilon),
      feedForward: try FeedForward(
        weights, hidden: hidden, inner: inner, activation, up: names.up, down: names.down),
      outputNorm: try LayerNorm(weights[names.outputNorm], hidden, epsilon: epsilon))
  }
}

extension PostNormLayer {
  /// A post-norm layer with rotary positions and a gate, by the names that transformers 5 gives
  /// the parts of NomicBERT and GTE.
  init(
    _ weights: Weights, hidden: Int, heads: Int, size: Int, inner: Int, activation: Activation,
    epsilon: Float, rotary: RotaryPositions
  ) throws {
    let attention = weights["self_attn"]
    let hasBias = attention.has("q_proj.bias")
    var halves = try SelfAttention(
      attention, hidden: hidden, AttentionShape(heads: heads, size: size),
      names: .init(query: "q_proj", key: "k_proj", value: "v_proj", output: "o_proj"),
      bias: hasBias)
    halves.rotary = rotary
    let down = weights["mlp.down_proj"]
    self.init(
      attention: halves,
      attentionNorm: try LayerNorm(
        weights["post_attention_layernorm"], hidden, epsilon: epsilon),
      feedForward: FeedForward(
        gate: try Linear(weights["mlp.gate_proj"], hidden, inner, bias: false),
        up: try Linear(weights["mlp.up_proj"], hidden, inner, bias: false),
        down: try Linear(down, inner, hidden, bias: down.has("bias")), activation),
      outputNorm: try LayerNorm(weights["post_mlp_layernorm"], hidden, epsilon: epsilon))
  }
}

/// A transformer layer that normalises what goes into each half, and adds what comes out.
package struct PreNormLayer: EncoderLayer {
  /// `nil` where the layer's input is normalised already (ModernBERT's first).
  let attentionNorm: (any Norm)?
  let attention: SelfAttention
  let feedForwardNorm: any Norm
  let feedForward: FeedForward
  /// What normalises the halves' outputs too, before they are added (Gemma).
  var attentionOutputNorm, feedForwardOutputNorm: RMSNorm?

  package var products: [ProductShape] { attention.products + feedForward.products }
  package var attentionWidth: Int { attention.shape.width }
  package var attentionHeads: Int { attention.shape.heads }

  package func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor
  {
    let kept = queries.map { x.rows(at: $0) } ?? x
    let input = attentionNorm.map { $0(x) } ?? x
    let attended =
      attentionOutputNorm.map { $0(attention(input, batch, queries: queries)).adding(kept) }
      ?? batch.adding(kept, .attentionOutput, queries: queries) {
        attention(input, batch, adding: $0, queries: queries)
      }
    let inner = feedForwardNorm(attended)
    return feedForwardOutputNorm.map {
      $0(feedForward(inner, batch, queries: queries)).adding(attended)
    }
      ?? batch.adding(attended, .feedForwardOutput, queries: queries) {
        feedForward(inner, batch, adding: $0, queries: queries)
      }
  }
}

/// A layer to whose output a convolution of its input is added, before a norm.
struct ConvolvedLayer: EncoderLayer {
  let layer: PostNormLayer
  /// Takes `width` tokens side by side.
  let convolution: Linear
  let width: Int
  let activation: Activation
  let norm: LayerNorm

  var products: [ProductShape] { layer.products + [convolution.product] }
  var attentionWidth: Int { layer.attentionWidth }
  var attentionHeads: Int { layer.attentionHeads }

  func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor {
    let layout = batch.layout
    let windows = x.unfolded(
      of: layout, width: width, padding: (width - 1) / 2, stride: 1, into: layout)
    let convolved =
      batch.training?.dropout(.convolution) == nil
      ? convolution(windows, then: activation)
      : batch.dropped(convolution(windows), .convolution).activated(activation)
    let rows = norm(convolved, adding: layer(x, batch, queries: nil))
    return queries.map { rows.rows(at: $0) } ?? rows
  }
}
