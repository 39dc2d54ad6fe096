import Tensors

/// The text model of CLIP (Radford et al., 2021): layers that normalise first, in which a token sees
/// those before it.
enum CLIP: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    // transformers 5.23 asks for both ways at once where it is false.
    try config.refuse("is_causal", unless: true)
    let root = weights.below("text_model")
    let hidden = try config.width("hidden_size", default: 512)
    let heads = try config.heads("num_attention_heads", hidden: hidden, default: 8)
    let inner = try config.width("intermediate_size", default: 2048)
    let activation = try config.activation("hidden_act", default: "quick_gelu")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-5)
    let shape = AttentionShape(heads: heads, size: hidden / heads, mask: .causal)
    let tables = root["embeddings"]
    let inputs = InputEmbeddings(
      words: try tables.table(
        "token_embedding.weight", config.count("vocab_size", default: 49_408), hidden),
      positions: PositionEmbeddings(
        table: try tables.table(
          "position_embedding.weight", config.count("max_position_embeddings", default: 77),
          hidden)))
    let layers = try (0..<config.layers("num_hidden_layers", default: 12)).map { index in
      let weights = root["encoder.layers.\(index)"]
      return PreNormLayer(
        attentionNorm: try LayerNorm(weights["layer_norm1"], hidden, epsilon: epsilon),
        attention: try SelfAttention(
          weights["self_attn"], hidden: hidden, shape,
          names: .init(query: "q_proj", key: "k_proj", value: "v_proj", output: "out_proj")),
        feedForwardNorm: try LayerNorm(weights["layer_norm2"], hidden, epsilon: epsilon),
        feedForward: try FeedForward(
          weights["mlp"], hidden: hidden, inner: inner, activation, up: "fc1", down: "fc2"))
    }
    return Encoder(
      inputs: inputs, layers: layers,
      finalNorm: try LayerNorm(root["final_layer_norm"], hidden, epsilon: epsilon))
  }
}
