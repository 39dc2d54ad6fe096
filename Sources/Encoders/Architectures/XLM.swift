import ModelFiles
package import Tensors

/// XLM (Lample and Conneau, 2019) and FlauBERT (Le et al., 2020): BERT before it had its names.
package struct XLM: Encoder {
  package let hiddenSize, vocabularySize: Int
  /// Segments are looked up in the table of words.
  package var segmentCount: Int { vocabularySize }
  package let layers: [any EncoderLayer]
  private let inputs: InputEmbeddings

  package init(_ config: ModelConfig, _ weights: Weights) throws {
    try config.refuse("causal", unless: false)
    try config.refuse("is_encoder", unless: true)
    let root = weights.below("transformer")
    let hidden = try config.count("emb_dim")
    hiddenSize = hidden
    vocabularySize = try config.vocabulary(
      config.json.present("vocab_size") == nil ? "n_words" : "vocab_size")
    let positions = try config.count("max_position_embeddings")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    // Embeddings of languages are there where `n_langs` is over 1, but a sentence encoder is never
    // told a text's language, and so adds none.
    inputs = InputEmbeddings(
      words: try root.table("embeddings.weight", vocabularySize, hidden),
      positions: PositionEmbeddings(
        table: try root.table("position_embeddings.weight", positions, hidden)),
      norm: try LayerNorm(root["layer_norm_emb"], hidden, epsilon: epsilon))
    let normalizesFirst = try config.json.bool("pre_norm", default: false)
    layers = try (0..<config.layers("n_layers")).map { index in
      try Self.layer(
        index, config, root, hidden: hidden, epsilon: epsilon, normalizesFirst: normalizesFirst)
    }
  }

  private static func layer(
    _ index: Int, _ config: ModelConfig, _ weights: Weights, hidden: Int, epsilon: Float,
    normalizesFirst: Bool
  ) throws -> any EncoderLayer {
    let heads = try config.heads("n_heads", hidden: hidden)
    let attention = try SelfAttention(
      weights["attentions.\(index)"], hidden: hidden, AttentionShape(heads),
      names: .init(query: "q_lin", key: "k_lin", value: "v_lin", output: "out_lin"))
    let feedForward = try FeedForward(
      weights["ffns.\(index)"], hidden: hidden, inner: 4 * hidden,
      config.json.bool("gelu_activation", default: true) ? .gelu : .relu, up: "lin1", down: "lin2")
    let first = try LayerNorm(weights["layer_norm1.\(index)"], hidden, epsilon: epsilon)
    let second = try LayerNorm(weights["layer_norm2.\(index)"], hidden, epsilon: epsilon)
    return normalizesFirst
      ? PreNormLayer(
        attentionNorm: first, attention: attention, feedForwardNorm: second,
        feedForward: feedForward)
      : PostNormLayer(
        attention: attention, attentionNorm: first, feedForward: feedForward, outputNorm: second)
  }

  package var longestSequence: Int? { inputs.positions?.longestSequence }

  package func embeddings(_ batch: TokenBatch) -> Tensor {
    var inputs = inputs
    // As the reference does: a segment adds the word whose id is the segment's number.
    if batch.hasSegments { inputs.segments = inputs.words }
    return inputs(batch)
  }
}
