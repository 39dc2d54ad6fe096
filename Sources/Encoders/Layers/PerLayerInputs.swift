import Tensors

/// What a layer is told of each token's word beside what the layers before it have made: a projection of
/// the embeddings, one for each layer (Gemma 3n, 2025).
struct PerLayerInput: Sendable {
  /// The words, and what their vectors are multiplied by.
  let words: Tensor
  let scale: Float
  /// `[P, H]`, whose products are over √H.
  let projection: Linear
  let norm: RMSNorm

  /// - Parameter queries: the tokens that are asked for; all by default
  /// - Shapes: N tokens → `[N, P]`, or as many rows as `queries.alone` has
  func callAsFunction(_ batch: TokenBatch, queries: SequenceLayout?) -> Tensor {
    let all = Tensor.gather([(words, batch.ids)])
    let rows = (queries.map { all.rows(at: $0) } ?? all).scaled(by: scale)
    return norm(projection(rows).scaled(by: 1 / Float(words.columns).squareRoot()))
  }
}

/// A layer, after which its own input is let in by a gate; all of it is multiplied by a number.
struct PerLayerInputLayer: EncoderLayer {
  let layer: PreNormLayer
  let input: PerLayerInput
  /// To and from the columns of that input.
  let gate, projection: Linear
  let activation: Activation
  let norm: RMSNorm
  let scalar: Float

  var products: [ProductShape] {
    layer.products + [input.projection.product, gate.product, projection.product]
  }
  var attentionWidth: Int { layer.attentionWidth }
  var attentionHeads: Int { layer.attentionHeads }

  func callAsFunction(_ x: Tensor, _ batch: TokenBatch, queries: SequenceLayout?) -> Tensor {
    let y = layer(x, batch, queries: queries)
    let gated = y.linear(gate, then: activation, times: input(batch, queries: queries))
    return norm(projection(gated)).adding(y).scaled(by: scalar)
  }
}
