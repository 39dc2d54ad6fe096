import Tensors

/// A layer of which a short convolution between gates takes the place of attention: a token sees few
/// before it.
struct ConvolutionLayer: EncoderLayer {
  let norm: RMSNorm
  /// To the two gates and what goes through them: `[3H, H]`.
  let input: Linear
  /// `[H, K]`
  let taps: Tensor
  let bias: Tensor?
  let output: Linear
  let feedForwardNorm: RMSNorm
  let feedForward: FeedForward

  var products: [ProductShape] { [input.product, output.product] + feedForward.products }
  var attentionWidth: Int { 0 }
  var attentionHeads: Int { 0 }

  func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor {
    let mixed = input(norm(x)).gatedConvolution(taps, bias: bias, over: batch.layout)
    func kept(_ rows: Tensor) -> Tensor { queries.map { rows.rows(at: $0) } ?? rows }
    let attended = output(kept(mixed), adding: kept(x))
    return feedForward(feedForwardNorm(attended), batch, adding: attended, queries: queries)
  }
}
