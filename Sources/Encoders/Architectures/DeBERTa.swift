import ModelFiles
import Tensors

/// DeBERTa (He et al., 2020), its second version and its third, which is the second trained
/// otherwise: BERT whose attention knows distances and, mostly, no positions.
enum DeBERTa: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("deberta")
    let hidden = try config.width("hidden_size")
    let width = try config.width("embedding_size", default: hidden)
    let segments = try config.size("type_vocab_size", default: 0)
    let tables = root["embeddings"]
    var inputs = InputEmbeddings(
      words: try tables.table("word_embeddings.weight", config.vocabulary(), width))
    if try config.json.bool("position_biased_input", default: true) {
      let positions = try config.count("max_position_embeddings", default: 512)
      inputs.positions = PositionEmbeddings(
        table: try tables.table("position_embeddings.weight", positions, width))
    }
    if segments > 0 {
      inputs.segments = .table(
        try tables.table("token_type_embeddings.weight", segments, width))
    }
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-7)
    return Encoder(
      inputs: inputs,
      widening: width == hidden
        ? nil : try Linear(tables["embed_proj"], width, hidden, bias: false),
      embeddingNorm: try LayerNorm(tables["LayerNorm"], hidden, epsilon: epsilon),
      layers: try layers(config, root["encoder"], hidden: hidden, epsilon: epsilon))
  }

  private static func layers(
    _ config: ModelConfig, _ weights: Weights, hidden: Int, epsilon: Float
  ) throws -> [any EncoderLayer] {
    let isFirst = try config.json.string("model_type") == "deberta"
    if isFirst { try config.refuse("talking_head", unless: false) }
    let attention = try DisentangledAttention(config, weights, hidden: hidden, isFirst: isFirst)
    let inner = try config.width("intermediate_size")
    let activation = try config.activation("hidden_act", default: "gelu")
    let layers = try (0..<config.layers("num_hidden_layers")).map { index in
      let weights = weights["layer.\(index)"]
      return try PostNormLayer(
        attention(weights["attention"]), weights, hidden: hidden, inner: inner,
        activation: activation, epsilon: epsilon)
    }
    guard !isFirst, let first = layers.first,
      let convolved = try convolved(first, config, weights["conv"], hidden, epsilon)
    else { return layers }
    return [convolved as any EncoderLayer] + layers.dropFirst().map { $0 as any EncoderLayer }
  }

  /// The first layer with a convolution beside it, where the model has one.
  private static func convolved(
    _ layer: PostNormLayer, _ config: ModelConfig, _ weights: Weights, _ hidden: Int,
    _ epsilon: Float
  ) throws -> ConvolvedLayer? {
    let width = try config.size("conv_kernel_size", default: 0)
    guard width > 0 else { return nil }
    let groups = try config.count("conv_groups", default: 1)
    guard groups == 1, width % 2 == 1 else {
      throw FileError(
        "\(config.json.name): `conv_kernel_size` is \(width) and `conv_groups` \(groups); only odd "
          + "widths and one group are computed")
    }
    return ConvolvedLayer(
      layer: layer,
      convolution: Linear(
        weight: try weights.convolution(
          "conv.weight", outputs: hidden, inputs: hidden, width: width),
        bias: try weights.vector("conv.bias", hidden)),
      width: width, activation: try config.activation("conv_act", default: "tanh"),
      norm: try LayerNorm(weights["LayerNorm"], hidden, epsilon: epsilon))
  }
}
