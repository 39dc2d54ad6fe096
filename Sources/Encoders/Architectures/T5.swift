import ModelFiles
import Tensors

/// The encoder of T5 (Raffel et al., 2019) and mT5: a bias for each distance in the place of
/// positions, norms before each half, no scale of scores.
enum T5: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights["encoder"]
    let hidden = try config.width("d_model")
    let vocabulary = try config.count("vocab_size")
    let epsilon = try config.epsilon("layer_norm_epsilon", default: 1e-6)
    let words =
      weights.has("shared.weight")
      ? try weights.table("shared.weight", vocabulary, hidden)
      : try root.table("embed_tokens.weight", vocabulary, hidden)
    let heads = try config.width("num_heads")
    let size = try config.width("d_kv")
    // The first layer's bias is every layer's.
    let distances = try distances(config, root["block.0.layer.0.SelfAttention"], heads: heads)
    let feedForward = try feedForward(config, hidden: hidden)
    let layers = try (0..<config.layers("num_layers")).map { index in
      let weights = root["block.\(index)"]
      var attention = try SelfAttention(
        weights["layer.0.SelfAttention"], hidden: hidden,
        AttentionShape(heads: heads, size: size, scale: 1),
        names: .init(query: "q", key: "k", value: "v", output: "o"), bias: false)
      attention.positionBias = distances
      return PreNormLayer(
        attentionNorm: try RMSNorm(weights["layer.0.layer_norm"], hidden, epsilon: epsilon),
        attention: attention,
        feedForwardNorm: try RMSNorm(weights["layer.1.layer_norm"], hidden, epsilon: epsilon),
        feedForward: try feedForward(weights["layer.1.DenseReluDense"]))
    }
    return Encoder(
      inputs: InputEmbeddings(words: words), layers: layers,
      finalNorm: try RMSNorm(root["final_layer_norm"], hidden, epsilon: epsilon))
  }

  private static func distances(
    _ config: ModelConfig, _ weights: Weights, heads: Int
  ) throws -> PositionBias {
    let count = try config.count("relative_attention_num_buckets", default: 32)
    guard count > 1 else {
      throw FileError(
        "\(config.json.name): `relative_attention_num_buckets` is 1, should be at least 2: half of "
          + "them are for either side")
    }
    let buckets = T5Buckets(
      count: count, farthest: try config.count("relative_attention_max_distance", default: 128))
    return PositionBias(
      try weights.table("relative_attention_bias.weight", buckets.count, heads)
    ) { buckets($0) }
  }

  /// What makes a layer's own of its weights.
  private static func feedForward(
    _ config: ModelConfig, hidden: Int
  ) throws -> (Weights) throws -> FeedForward {
    let inner = try config.width("d_ff")
    let kind = try config.json.string("feed_forward_proj", default: "relu")
    // transformers writes both parts beside it, and reads these where they are.
    let isGated = try config.json.flag("is_gated_act", default: kind.hasPrefix("gated-"))
    // "gated-gelu" has always meant the approximation by tanh.
    let name =
      kind == "gated-gelu"
      ? "gelu_new" : kind.hasPrefix("gated-") ? String(kind.dropFirst(6)) : kind
    let activation = try config.activation(
      named: config.json.string("dense_act_fn", default: name), "feed_forward_proj")
    return { weights in
      isGated
        ? try FeedForward(
          weights, hidden: hidden, inner: inner, activation, gate: "wi_0", up: "wi_1", down: "wo")
        : try FeedForward(
          weights, hidden: hidden, inner: inner, activation, up: "wi", down: "wo", bias: false)
    }
  }
}
