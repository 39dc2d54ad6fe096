import ModelFiles
import Tensors

/// GTE's "new" BERT (Zhang et al., 2024): rotary positions, a gated feed-forward layer, and norms
/// after each half. `model_type` is `new` in its own files, `gte` in transformers 5.
enum GTE: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("new").below("gte").below("model")
    try config.require("position_embedding_type", "rope", default: "rope")
    try config.require("layer_norm_type", "layer_norm", default: "layer_norm")
    try config.refuse("logn_attention_scale", unless: false)
    let hidden = try config.width("hidden_size")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    let inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: config.count("vocab_size"), width: hidden, positions: 0,
      segments: config.size("type_vocab_size", default: 1), epsilon: epsilon)
    let heads = try config.width("num_attention_heads")
    let size = try config.headSize(hidden: hidden)
    let isNew = try config.json.string("model_type") == "new"
    let rotary = try config.rotary(
      size: size, theta: isNew ? 10_000 : 160_000, positions: isNew ? 2048 : 8192,
      rule: isNew ? .new : .transformers)
    let inner = try config.width("intermediate_size")
    let activation = try config.activation("hidden_act", default: "gelu")
    let layers = try (0..<config.layers("num_hidden_layers")).map { index in
      let old = root["encoder.layer.\(index)"]
      guard old.has("attn_ln.weight") else {
        return try PostNormLayer(
          root["layers.\(index)"], hidden: hidden, heads: heads, size: size, inner: inner,
          activation: activation, epsilon: epsilon, rotary: rotary)
      }
      return try layer(
        old, hidden: hidden, AttentionShape(heads: heads, size: size), inner: inner, activation,
        epsilon, rotary)
    }
    return Encoder(inputs: inputs, layers: layers)
  }

  /// A layer by the names of the model's own code.
  private static func layer(
    _ weights: Weights, hidden: Int, _ shape: AttentionShape, inner: Int,
    _ activation: Activation, _ epsilon: Float, _ rotary: RotaryPositions
  ) throws -> PostNormLayer {
    let packed = weights["attention.qkv_proj"]
    var attention =
      packed.has("weight")
      ? SelfAttention(
        projection: try Linear(packed, hidden, 3 * shape.width, bias: packed.has("bias")),
        output: try Linear(weights["attention.o_proj"], shape.width, hidden), shape)
      : try SelfAttention(
        weights["attention"], hidden: hidden, shape,
        names: .init(query: "q_proj", key: "k_proj", value: "v_proj", output: "o_proj"))
    attention.rotary = rotary
    // What is gated lies first here, the gate second.
    let both = try Linear.halves(weights["mlp.up_gate_proj"], hidden, inner, bias: false)
    return PostNormLayer(
      attention: attention,
      attentionNorm: try LayerNorm(weights["attn_ln"], hidden, epsilon: epsilon),
      feedForward: FeedForward(
        gate: both.second, up: both.first,
        down: try Linear(weights["mlp.down_proj"], inner, hidden), activation),
      outputNorm: try LayerNorm(weights["mlp_ln"], hidden, epsilon: epsilon))
  }
}
