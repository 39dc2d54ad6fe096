import Tensors

/// A transformer layer that normalises after each half, as the first ones did: BERT and its kin.
struct PostNormLayer: Sendable {
  /// Where a checkpoint keeps the parts of a layer.
  struct Names: Sendable {
    let attention: SelfAttention.Names
    let attentionNorm, up, down, outputNorm: String
  }

  let attention: SelfAttention
  let attentionNorm: LayerNorm
  let feedForward: FeedForward
  let outputNorm: LayerNorm

  init(
    _ weights: Weights, hidden: Int, heads: Int, inner: Int, activation: Activation,
    epsilon: Float, names: Names
  ) throws {
    attention = try SelfAttention(weights, hidden: hidden, heads: heads, names: names.attention)
    attentionNorm = try LayerNorm(weights[names.attentionNorm], hidden, epsilon: epsilon)
    feedForward = try FeedForward(
      weights, hidden: hidden, inner: inner, activation: activation, up: names.up,
      down: names.down)
    outputNorm = try LayerNorm(weights[names.outputNorm], hidden, epsilon: epsilon)
  }

  var products: [ProductShape] { attention.products + feedForward.products }

  /// - Shapes: `[N, H]` → `[N, H]`
  func callAsFunction(_ x: Tensor, _ packing: Packing) -> Tensor {
    let attended = attentionNorm(attention(x, packing), adding: x)
    return outputNorm(feedForward(attended), adding: attended)
  }
}
