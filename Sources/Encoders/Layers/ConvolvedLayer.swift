import Tensors

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

  func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor {
    let layout = batch.layout
    let windows = x.unfolded(
      of: layout, width: width, padding: (width - 1) / 2, stride: 1, into: layout)
    let rows = norm(
      convolution(windows, then: activation), adding: layer(x, batch, queries: nil))
    return queries.map { rows.rows(at: $0) } ?? rows
  }
}
