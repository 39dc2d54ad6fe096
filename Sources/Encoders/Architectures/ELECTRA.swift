import Tensors

/// ELECTRA (Clark et al., 2020): a BERT whose tables may be narrower than its layers.
enum ELECTRA: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    try config.require("position_embedding_type", "absolute", default: "absolute")
    let root = weights.below("electra")
    let hidden = try config.width("hidden_size")
    let width = try config.width("embedding_size", default: 128)
    let inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: config.vocabulary(), width: width,
      positions: config.count("max_position_embeddings"),
      segments: config.count("type_vocab_size", default: 2),
      epsilon: config.epsilon("layer_norm_eps", default: 1e-12))
    return Encoder(
      inputs: inputs,
      widening: width == hidden ? nil : try Linear(root["embeddings_project"], width, hidden),
      layers: try BERT.layers(
        config, root["encoder"], hidden: hidden, mask: config.encoderMask()))
  }
}
