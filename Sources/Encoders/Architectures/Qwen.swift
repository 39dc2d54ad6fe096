import ModelFiles
import Tensors

/// Qwen2 and Qwen3 (Yang et al., 2024, 2025): decoders, each token of which sees what came before
/// it; queries share the heads of keys.
enum Qwen: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("model")
    let hidden = try config.width("hidden_size")
    let epsilon = try config.epsilon("rms_norm_eps", default: 1e-6)
    let inputs = InputEmbeddings(
      words: try root.table("embed_tokens.weight", config.count("vocab_size"), hidden))
    let isThird = try config.json.string("model_type") == "qwen3"
    let heads = try config.sharedHeads()
    let size =
      isThird
      ? try config.width("head_dim", default: 128)
      : try config.headSize(hidden: hidden)
    let rotary = try config.rotary(size: size, theta: 10_000, positions: 32_768)
    let bias = isThird ? try config.json.bool("attention_bias", default: false) : true
    let kinds = try layerKinds(config)
    let whole = try config.decoderMask()
    // Without such a layer, the file need not say how wide a window is.
    let near =
      try kinds.contains(false)
      ? config.decoderMask(window: config.count("sliding_window")) : whole
    let inner = try config.width("intermediate_size")
    let activation = try config.activation("hidden_act", default: "silu")
    let layers = try kinds.enumerated().map { index, isWhole in
      let weights = root["layers.\(index)"]
      var attention = try SelfAttention(
        weights["self_attn"], hidden: hidden,
        AttentionShape(
          heads: heads.queries, keyValueHeads: heads.keys, size: size,
          mask: isWhole ? whole : near),
        names: .init(query: "q_proj", key: "k_proj", value: "v_proj", output: "o_proj"),
        bias: bias, outputBias: isThird && bias)
      if isThird {
        attention.queryNorm = try RMSNorm(weights["self_attn.q_norm"], size, epsilon: epsilon)
        attention.keyNorm = try RMSNorm(weights["self_attn.k_norm"], size, epsilon: epsilon)
      }
      attention.rotary = rotary
      return PreNormLayer(
        attentionNorm: try RMSNorm(weights["input_layernorm"], hidden, epsilon: epsilon),
        attention: attention,
        feedForwardNorm: try RMSNorm(
          weights["post_attention_layernorm"], hidden, epsilon: epsilon),
        feedForward: try FeedForward(
          weights["mlp"], hidden: hidden, inner: inner, activation, gate: "gate_proj",
          up: "up_proj", down: "down_proj"))
    }
    return Encoder(
      inputs: inputs, layers: layers,
      finalNorm: try RMSNorm(root["norm"], hidden, epsilon: epsilon))
  }

  /// Of each layer, whether it sees the whole text.
  static func layerKinds(_ config: ModelConfig) throws -> [Bool] {
    // A window, where one is used, is that of the layers above `max_window_layers`.
    let slides = try config.json.bool("use_sliding_window", default: false)
    let windowed = try slides ? config.size("max_window_layers", default: 0) : Int.max
    return try config.layerKinds { index in index < windowed }
  }
}
