package import Tensors

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

  package func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor
  {
    let kept = queries.map { x.rows(at: $0) } ?? x
    let input = attentionNorm.map { $0(x) } ?? x
    let attended =
      attentionOutputNorm.map { $0(attention(input, batch, queries: queries)).adding(kept) }
      ?? attention(input, batch, adding: kept, queries: queries)
    let inner = feedForwardNorm(attended)
    return feedForwardOutputNorm.map { $0(feedForward(inner)).adding(attended) }
      ?? feedForward(inner, adding: attended)
  }
}
