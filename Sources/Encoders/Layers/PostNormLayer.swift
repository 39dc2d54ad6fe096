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
  let feedForward: FeedForward
  let outputNorm: LayerNorm

  package var products: [ProductShape] { attention.products + feedForward.products }
  package var attentionWidth: Int { attention.shape.width }

  package func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor
  {
    let kept = queries.map { x.rows(at: $0) } ?? x
    let attended = attentionNorm(attention(x, batch, queries: queries), adding: kept)
    return outputNorm(feedForward(attended), adding: attended)
  }
}

extension PostNormLayer {
  init(
    _ weights: Weights, hidden: Int, heads: Int, inner: Int, activation: Activation,
    epsilon: Float, names: Names, positionBias: PositionBias? = nil
  ) throws {
    var attention = try SelfAttention(
      weights, hidden: hidden, AttentionShape(heads: heads, size: hidden / heads),
      names: names.attention)
    attention.positionBias = positionBias
    self.init(
      attention: attention,
      attentionNorm: try LayerNorm(weights[names.attentionNorm], hidden, epsilon: epsilon),
      feedForward: try FeedForward(
        weights, hidden: hidden, inner: inner, activation, up: names.up, down: names.down),
      outputNorm: try LayerNorm(weights[names.outputNorm], hidden, epsilon: epsilon))
  }
}
