import Tensors

/// BERT (Devlin et al., 2018): learned positions, segments, and layers that normalise after each
/// half. all-MiniLM-L6-v2 is one.
enum BERT: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    try encoder(config, weights.below("bert"), padding: nil)
  }

  /// BERT, or one of those that differ from it in where positions begin alone.
  /// - Parameters:
  ///   - weights: of the model without its heads
  ///   - padding: the id of padding, where positions are counted from it on
  ///   - masks: of each layer, by default that of all
  static func encoder(
    _ config: ModelConfig, _ weights: Weights, padding: Int32?, masks: [AttentionMask]? = nil
  ) throws -> Encoder {
    try config.require("position_embedding_type", "absolute", default: "absolute")
    let hidden = try config.width("hidden_size")
    let inputs = try InputEmbeddings(
      weights["embeddings"], vocabulary: config.vocabulary(), width: hidden,
      positions: config.count("max_position_embeddings"),
      segments: config.count("type_vocab_size", default: 2),
      epsilon: config.epsilon("layer_norm_eps", default: 1e-12), padding: padding)
    return Encoder(
      inputs: inputs,
      layers: try layers(
        config, weights["encoder"], hidden: hidden, mask: config.encoderMask(), masks: masks))
  }

  /// The layers of BERT and of all that kept its configuration.
  /// - Parameter masks: of each layer, in the place of `mask`
  static func layers(
    _ config: ModelConfig, _ weights: Weights, hidden: Int,
    names: PostNormLayer.Names = names, mask: AttentionMask = .all,
    masks: [AttentionMask]? = nil, positionBias: PositionBias? = nil
  ) throws -> [any EncoderLayer] {
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    let inner = try config.width("intermediate_size")
    let activation = try config.activation("hidden_act", default: "gelu")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    return try (0..<config.layers("num_hidden_layers")).map { index in
      try PostNormLayer(
        weights["layer.\(index)"], hidden: hidden, heads: heads, inner: inner,
        activation: activation, epsilon: epsilon, names: names, mask: masks?[index] ?? mask,
        positionBias: positionBias)
    }
  }

  static let names = PostNormLayer.Names(
    attention: .init(
      query: "attention.self.query", key: "attention.self.key", value: "attention.self.value",
      output: "attention.output.dense"),
    attentionNorm: "attention.output.LayerNorm", up: "intermediate.dense",
    down: "output.dense", outputNorm: "output.LayerNorm")
}
