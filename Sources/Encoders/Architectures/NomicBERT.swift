import ModelFiles
import Tensors

/// NomicBERT (Nussbaum et al., 2024): BERT with rotary positions and a gated feed-forward layer, or (2025)
/// with experts in every few layers.
enum NomicBERT: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("nomic_bert").below("model")
    // What config.json and the weights call things is told apart by themselves: transformers 5
    // writes its own configuration beside the first names of the weights.
    let settings = try Settings(config)
    let hidden = settings.hidden
    let tables = root["embeddings"]
    let inputs = InputEmbeddings(
      words: try tables.table("word_embeddings.weight", config.count("vocab_size"), hidden),
      segments: settings.segments > 0
        ? .table(try tables.table("token_type_embeddings.weight", settings.segments, hidden))
        : .none,
      norm: try LayerNorm(
        root.has("emb_ln.weight") ? root["emb_ln"] : tables["LayerNorm"], hidden,
        epsilon: settings.epsilon))
    let layers = try (0..<settings.depth).map { index in
      let first = root["encoder.layers.\(index)"]
      // transformers 5 has no experts, and no names for them.
      return first.has("attn.Wqkv.weight") || settings.expertLayers > 0
        ? try layer(first, settings, config, index)
        : try PostNormLayer(
          root["layers.\(index)"], hidden: hidden, heads: settings.heads, size: settings.size,
          inner: settings.inner, activation: settings.activation, epsilon: settings.epsilon,
          rotary: settings.rotary)
    }
    return Encoder(inputs: inputs, layers: layers)
  }

  /// A layer by the names of the model's own code.
  private static func layer(
    _ weights: Weights, _ settings: Settings, _ config: ModelConfig, _ index: Int
  ) throws -> PostNormLayer {
    let (qkv, out) = (weights["attn.Wqkv"], weights["attn.out_proj"])
    let hidden = settings.hidden
    let shape = AttentionShape(heads: settings.heads, size: settings.size)
    var attention = SelfAttention(
      projection: try Linear(qkv, hidden, 3 * shape.width, bias: qkv.has("bias")),
      output: try Linear(out, shape.width, hidden, bias: out.has("bias")), shape)
    attention.rotary = settings.rotary
    return PostNormLayer(
      attention: attention,
      attentionNorm: try LayerNorm(weights["norm1"], hidden, epsilon: settings.epsilon),
      feedForward: try feedForward(weights["mlp"], settings, config, index),
      outputNorm: try LayerNorm(weights["norm2"], hidden, epsilon: settings.epsilon))
  }

  private static func feedForward(
    _ weights: Weights, _ settings: Settings, _ config: ModelConfig, _ index: Int
  ) throws -> any RowLayer {
    let (hidden, inner) = (settings.hidden, settings.inner)
    if settings.expertLayers > 0, index % settings.expertLayers == 1 {
      return try experts(weights, settings, config)
    }
    let bias = weights.has("fc2.bias")
    return settings.isGated
      ? try FeedForward(
        weights, hidden: hidden, inner: inner, settings.activation, gate: "fc12", up: "fc11",
        down: "fc2", bias: bias)
      : try FeedForward(
        weights, hidden: hidden, inner: inner, settings.activation, up: "fc1", down: "fc2",
        bias: bias)
  }

  private static func experts(
    _ weights: Weights, _ settings: Settings, _ config: ModelConfig
  ) throws -> Experts {
    let (hidden, inner) = (settings.hidden, settings.inner)
    let count = try config.count("num_experts", default: 8)
    let chosen = try config.count("moe_top_k", default: 2)
    guard count <= mostExperts, chosen <= count else {
      throw FileError(
        "\(config.json.name): `moe_top_k` is \(chosen) of \(count) experts (`num_experts`), should be "
          + "at most as many, and those at most \(mostExperts)")
    }
    let all = weights["experts.mlp"]
    let (up, down) = try (
      all.table("w1", count * inner, hidden), all.table("w2", count * inner, hidden)
    )
    try all.checkRoom(2 * up.count, of: "w1")
    let experts = try (0..<count).map { expert in
      let rows = expert * inner..<(expert + 1) * inner
      return FeedForward(
        up: Linear(weight: try all.weight(up.rows(rows), "w1"), bias: nil),
        down: Linear(weight: try all.weight(down.rows(rows).transposed(), "w2"), bias: nil),
        settings.activation)
    }
    return Experts(
      router: try weights.table("router.layer.weight", count, hidden), experts: experts,
      count: chosen,
      bias: weights.has("experts.bias") ? try weights.vector("experts.bias", hidden) : nil)
  }

  private static let mostExperts = 1 << 10

  /// What config.json says, in the words of transformers 5 or in those of the model's own code.
  private struct Settings {
    let hidden, segments, depth, heads, size, inner: Int
    let epsilon: Float
    let activation: Activation
    /// Whether an activated part of a feed-forward layer multiplies another.
    let isGated: Bool
    /// Every how many layers there are experts, the second being the first; 0 for none.
    let expertLayers: Int
    let rotary: RotaryPositions

    init(_ config: ModelConfig) throws {
      let isOld = try config.json.present("n_embd") != nil
      if isOld { try Self.refuseVariants(config) }
      hidden = try config.width(isOld ? "n_embd" : "hidden_size")
      segments = try config.size("type_vocab_size", default: isOld ? 0 : 2)
      depth = try config.layers(isOld ? "n_layer" : "num_hidden_layers")
      let headsKey = isOld ? "n_head" : "num_attention_heads"
      heads = try config.width(headsKey)
      size =
        try isOld
        ? hidden / config.heads(headsKey, hidden: hidden) : config.headSize(hidden: hidden)
      inner = try config.width(isOld ? "n_inner" : "intermediate_size")
      epsilon = try config.epsilon(
        isOld ? "layer_norm_epsilon" : "layer_norm_eps", default: 1e-12)
      expertLayers = try isOld ? config.size("moe_every_n_layers", default: 0) : 0
      isGated = try !isOld || config.isGate("activation_function")
      activation =
        !isOld
        ? try config.activation("hidden_act", default: "silu")
        : isGated
          ? try config.gate("activation_function")
          : try config.activation("activation_function")
      rotary =
        isOld
        ? try Self.rotary(config, size: size)
        : try config.rotary(size: size, theta: 1000, positions: 2048)
    }

    /// As the model's own code turns positions, by the names that it has for that.
    private static func rotary(_ config: ModelConfig, size: Int) throws -> RotaryPositions {
      let file = config.json.name
      let base = try config.json.double("rotary_emb_base", default: 10_000)
      guard base > 0 else {
        throw FileError("\(file): `rotary_emb_base` is \(base), should be above 0")
      }
      guard let factor = try config.json.present("rotary_scaling_factor")?.double() else {
        return RotaryPositions(size: size, base: Float(base))
      }
      guard factor > 0, size > 2 else {
        throw FileError(
          "\(file): `rotary_scaling_factor` is \(factor), should be above 0, and null for heads of "
            + "two columns")
      }
      return .dynamic(
        size: size, theta: base, factor: factor,
        positions: try config.count("max_trained_positions", default: 2048))
    }

    private static func refuseVariants(_ config: ModelConfig) throws {
      for key in [
        "prenorm", "causal", "parallel_block", "use_rms_norm", "rotary_emb_interleaved",
        "moe_normalize_expert_weights", "expert_choice_router",
      ] {
        try config.refuse(key, unless: false)
      }
      try config.refuse("rotary_emb_scale_base")
      for (key, usual) in [("rotary_emb_fraction", 1.0), ("ffn_div", 1), ("num_shared_experts", 0)]
      where try config.json.double(key, default: usual) != usual {
        throw FileError(
          "\(config.json.name): `\(key)` is \(config.json[key]?.found ?? ""), should be \(Int(usual))"
        )
      }
    }
  }
}
