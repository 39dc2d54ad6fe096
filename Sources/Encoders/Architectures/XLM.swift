import ModelFiles
import Tensors

/// XLM (Lample and Conneau, 2019) and FlauBERT (Le et al., 2020): BERT before it had its names.
enum XLM: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    try config.refuse("causal", unless: false)
    try config.refuse("is_encoder", unless: true)
    let root = weights.below("transformer")
    let hidden = try config.width("emb_dim")
    let vocabulary = try config.vocabulary(
      config.json.present("vocab_size") == nil ? "n_words" : "vocab_size")
    let positions = try config.count("max_position_embeddings")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    // Embeddings of languages are there where `n_langs` is over 1, but a sentence encoder is never
    // told a text's language, and so adds none.
    let inputs = InputEmbeddings(
      words: try root.table("embeddings.weight", vocabulary, hidden),
      positions: PositionEmbeddings(
        table: try root.table("position_embeddings.weight", positions, hidden)),
      segments: .words,
      norm: try LayerNorm(root["layer_norm_emb"], hidden, epsilon: epsilon))
    let heads = try config.heads("n_heads", hidden: hidden)
    let shape = AttentionShape(heads: heads, size: hidden / heads)
    let activation: Activation =
      try config.json.bool("gelu_activation", default: true) ? .gelu : .relu
    let normalizesFirst = try config.json.bool("pre_norm", default: false)
    let layers = try (0..<config.layers("n_layers")).map { index in
      try layer(
        index, root, hidden: hidden, shape, activation, epsilon,
        normalizesFirst: normalizesFirst)
    }
    return Encoder(inputs: inputs, layers: layers)
  }

  private static func layer(
    _ index: Int, _ weights: Weights, hidden: Int, _ shape: AttentionShape,
    _ activation: Activation, _ epsilon: Float, normalizesFirst: Bool
  ) throws -> any EncoderLayer {
    let attention = try SelfAttention(
      weights["attentions.\(index)"], hidden: hidden, shape,
      names: .init(query: "q_lin", key: "k_lin", value: "v_lin", output: "out_lin"))
    let feedForward = try FeedForward(
      weights["ffns.\(index)"], hidden: hidden, inner: 4 * hidden, activation, up: "lin1",
      down: "lin2")
    let first = try LayerNorm(weights["layer_norm1.\(index)"], hidden, epsilon: epsilon)
    let second = try LayerNorm(weights["layer_norm2.\(index)"], hidden, epsilon: epsilon)
    return normalizesFirst
      ? PreNormLayer(
        attentionNorm: first, attention: attention, feedForwardNorm: second,
        feedForward: feedForward)
      : PostNormLayer(
        attention: attention, attentionNorm: first, feedForward: feedForward, outputNorm: second)
  }
}
