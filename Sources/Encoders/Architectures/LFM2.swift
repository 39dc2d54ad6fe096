import ModelFiles
import Tensors

/// LFM2 (Liquid AI, 2025): most layers are short convolutions between gates, the others LLaMA's with
/// norms of each head of queries and keys.
enum LFM2: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("model")
    let hidden = try config.width("hidden_size")
    let epsilon = try config.epsilon("norm_eps", default: 1e-5)
    let inner = try innerSize(config)
    let size = try config.headSize(hidden: hidden)
    let shape = AttentionShape(
      heads: try config.sharedHeads().queries, keyValueHeads: try config.sharedHeads().keys,
      size: size, mask: try config.decoderMask())
    let rotary = try config.rotary(size: size, theta: 1_000_000, positions: 128_000)
    let layers = try layerKinds(config).enumerated().map { index, isAttention -> any EncoderLayer in
      let weights = root["layers.\(index)"]
      let norm = try RMSNorm(weights["operator_norm"], hidden, epsilon: epsilon)
      let feedForwardNorm = try RMSNorm(weights["ffn_norm"], hidden, epsilon: epsilon)
      let feedForward = try FeedForward(
        weights["feed_forward"], hidden: hidden, inner: inner, .silu, gate: "w1", up: "w3",
        down: "w2")
      guard isAttention else {
        return try convolution(weights["conv"], config, norm, feedForwardNorm, feedForward)
      }
      let own = weights["self_attn"]
      var attention = try SelfAttention(
        own, hidden: hidden, shape,
        names: .init(query: "q_proj", key: "k_proj", value: "v_proj", output: "out_proj"),
        bias: false)
      attention.queryNorm = try RMSNorm(own["q_layernorm"], size, epsilon: epsilon)
      attention.keyNorm = try RMSNorm(own["k_layernorm"], size, epsilon: epsilon)
      attention.rotary = rotary
      return PreNormLayer(
        attentionNorm: norm, attention: attention, feedForwardNorm: feedForwardNorm,
        feedForward: feedForward)
    }
    return Encoder(
      inputs: InputEmbeddings(
        try root.words("embed_tokens.weight", config.count("vocab_size"), hidden)),
      layers: layers,
      finalNorm: try RMSNorm(root["embedding_norm"], hidden, epsilon: epsilon))
  }

  private static func convolution(
    _ weights: Weights, _ config: ModelConfig, _ norm: RMSNorm, _ feedForwardNorm: RMSNorm,
    _ feedForward: FeedForward
  ) throws -> ConvolutionLayer {
    let hidden = try config.width("hidden_size")
    let hasBias = try config.json.bool("conv_bias", default: false)
    let width = try config.width("conv_L_cache", default: 3)
    return ConvolutionLayer(
      norm: norm, input: try Linear(weights["in_proj"], hidden, 3 * hidden, bias: hasBias),
      taps: try weights["conv"].array("weight", [hidden, 1, width]).reshaped([hidden, width]),
      bias: hasBias ? try weights["conv"].vector("bias", hidden) : nil,
      output: try Linear(weights["out_proj"], hidden, hidden, bias: hasBias),
      feedForwardNorm: feedForwardNorm, feedForward: feedForward)
  }

  /// Of each layer, whether it is one of attention.
  static func layerKinds(_ config: ModelConfig) throws -> [Bool] {
    let numbers = try config.json.present("full_attn_idxs")?.array().elements.map { try $0.int() }
    let listed = numbers.map(Set.init)
    return try config.layerKinds(otherwise: "conv") { listed?.contains($0) ?? true }
  }

  /// F: two thirds of what the file says, and then the next multiple of a number, unless it says that
  /// it is F itself.
  private static func innerSize(_ config: ModelConfig) throws -> Int {
    let size = try config.width("intermediate_size", default: 12_288)
    guard try config.json.bool("block_auto_adjust_ff_dim", default: true) else { return size }
    let adjusted = 2 * size / 3
    if let value = config.json["block_ffn_dim_multiplier"], value.isNull { return adjusted }
    let factor = try config.json.double("block_ffn_dim_multiplier", default: 1)
    let multiple = try config.width("block_multiple_of", default: 256)
    guard factor > 0, factor * Double(adjusted) <= Double(ModelConfig.widest) else {
      throw FileError(
        "\(config.json.name): `block_ffn_dim_multiplier` is \(factor), which makes the inner size "
          + "\(factor * Double(adjusted)), should be above 0 and at most \(ModelConfig.widest)")
    }
    let scaled = Int(factor * Double(adjusted))
    return (scaled + multiple - 1) / multiple * multiple
  }
}
