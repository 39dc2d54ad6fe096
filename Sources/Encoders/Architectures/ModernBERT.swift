import ModelFiles
import Tensors

/// ModernBERT (Warner et al., 2024): rotary positions, gates, norms before each half, and layers
/// that see the whole text only every few.
enum ModernBERT: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("model")
    let hidden = try config.width("hidden_size")
    let epsilon = try config.epsilon("norm_eps", default: 1e-5)
    let shifted = try config.json.bool("norm_bias", default: false)
    func norm(_ weights: Weights) throws -> LayerNorm {
      try LayerNorm(weights, hidden, epsilon: epsilon, shifted: shifted)
    }
    let tables = root["embeddings"]
    let inputs = InputEmbeddings(
      words: try tables.table("tok_embeddings.weight", config.count("vocab_size"), hidden),
      norm: try norm(tables["norm"]))
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    let size = hidden / heads
    let whole = try config.rotary(
      size: size, .whole, key: "global_rope_theta", theta: 160_000, positions: 8192,
      isScaled: true)
    let local = try config.rotary(
      size: size, .windowed, key: "local_rope_theta", theta: 10_000, positions: 8192,
      isScaled: true)
    // Half a window, by its later name or as a whole by its first.
    let window =
      try config.json.present("sliding_window") == nil
      ? config.size("local_attention", default: 128) / 2
      : config.size("sliding_window", default: 64)
    let kinds = try layerKinds(config)
    let (attentionBias, innerBias) = try (
      config.json.bool("attention_bias", default: false),
      config.json.bool("mlp_bias", default: false)
    )
    let inner = try config.width("intermediate_size")
    let activation = try config.activation("hidden_activation", default: "gelu")
    let layers = try kinds.enumerated().map { index, isWhole in
      let weights = root["layers.\(index)"]
      var attention = SelfAttention(
        projection: try Linear(weights["attn.Wqkv"], hidden, 3 * hidden, bias: attentionBias),
        output: try Linear(weights["attn.Wo"], hidden, hidden, bias: attentionBias),
        AttentionShape(heads: heads, size: size, mask: isWhole ? .all : .window(window)))
      attention.rotary = isWhole ? whole : local
      let both = try Linear.halves(weights["mlp.Wi"], hidden, inner, bias: innerBias)
      return PreNormLayer(
        attentionNorm: index == 0 ? nil : try norm(weights["attn_norm"]), attention: attention,
        feedForwardNorm: try norm(weights["mlp_norm"]),
        feedForward: FeedForward(
          gate: both.first, up: both.second,
          down: try Linear(weights["mlp.Wo"], inner, hidden, bias: innerBias), activation))
    }
    return Encoder(inputs: inputs, layers: layers, finalNorm: try norm(root["final_norm"]))
  }

  /// Of each layer, whether it sees the whole text.
  static func layerKinds(_ config: ModelConfig) throws -> [Bool] {
    try config.layerKinds { index in
      try index % config.count("global_attn_every_n_layers", default: 3) == 0
    }
  }
}
