import ModelFiles
import Tensors

/// A network of LLaMA's kind (Touvron et al., 2023): norms by the root of mean squares before each half,
/// gated feed-forward layers, queries that share the heads of keys and are turned by their positions.
struct GatedDecoder {
  struct Layer {
    /// What a token sees.
    let mask: AttentionMask
    let rotary: RotaryPositions
  }

  /// D, the columns of a head.
  let headSize: Int
  let layers: [Layer]
  let activation: Activation
  /// ε of all norms.
  let epsilon: Float
  /// Whether there are biases where queries, keys and values are made, after attention, and in
  /// feed-forward layers.
  var bias = false, outputBias = false, feedForwardBias = false
  /// Whether each head of queries and of keys is normalized.
  var normalizesHeads = false
  /// Whether what comes out of each half is normalized too, before it is added.
  var normalizesOutputs = false
  /// What is added to the stored scales of norms.
  var normOffset: Float = 0
  /// What scores are multiplied by, 1/√D by default, and then capped at.
  var scoreScale, scoreCap: Float?
  /// What words' vectors are multiplied by.
  var embeddingScale: Float?

  /// - Throws: where a tensor is missing, or of another shape
  func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("model")
    let (hidden, inner) = try (config.width("hidden_size"), config.width("intermediate_size"))
    let heads = try config.sharedHeads()
    let words = try root.words("embed_tokens.weight", config.count("vocab_size"), hidden)
    let layers = try layers.enumerated().map { index, layer in
      let weights = root["layers.\(index)"]
      let shape = AttentionShape(
        heads: heads.queries, keyValueHeads: heads.keys, size: headSize, scale: scoreScale,
        cap: scoreCap, mask: layer.mask)
      return PreNormLayer(
        attentionNorm: try norm(weights["input_layernorm"], hidden),
        attention: try attention(weights["self_attn"], shape, layer.rotary, hidden: hidden),
        // Where four norms are, the second has the name that it has where two are.
        feedForwardNorm: try norm(
          weights[normalizesOutputs ? "pre_feedforward_layernorm" : "post_attention_layernorm"],
          hidden),
        feedForward: try FeedForward(
          weights["mlp"], hidden: hidden, inner: inner, activation, gate: "gate_proj",
          up: "up_proj", down: "down_proj", bias: feedForwardBias),
        attentionOutputNorm: normalizesOutputs
          ? try norm(weights["post_attention_layernorm"], hidden) : nil,
        feedForwardOutputNorm: normalizesOutputs
          ? try norm(weights["post_feedforward_layernorm"], hidden) : nil)
    }
    return Encoder(
      inputs: InputEmbeddings(words), scale: embeddingScale, layers: layers,
      finalNorm: try norm(root["norm"], hidden))
  }

  private func norm(_ weights: Weights, _ size: Int) throws -> RMSNorm {
    try RMSNorm(weights, size, epsilon: epsilon, offset: normOffset)
  }

  private func attention(
    _ weights: Weights, _ shape: AttentionShape, _ rotary: RotaryPositions, hidden: Int
  ) throws -> SelfAttention {
    var attention = try SelfAttention(
      weights, hidden: hidden, shape,
      names: .init(query: "q_proj", key: "k_proj", value: "v_proj", output: "o_proj"),
      bias: bias, outputBias: outputBias)
    if normalizesHeads {
      attention.queryNorm = try norm(weights["q_norm"], headSize)
      attention.keyNorm = try norm(weights["k_norm"], headSize)
    }
    attention.rotary = rotary
    return attention
  }
}

extension [GatedDecoder.Layer] {
  /// Layers that are all alike.
  init(_ config: ModelConfig, _ mask: AttentionMask, _ rotary: RotaryPositions) throws {
    self.init(
      repeating: GatedDecoder.Layer(mask: mask, rotary: rotary),
      count: try config.layers("num_hidden_layers"))
  }
}
