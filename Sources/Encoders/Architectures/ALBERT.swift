import ModelFiles
import Tensors

/// ALBERT (Lan et al., 2019): a BERT with narrow tables, widened once, whose layers share weights.
enum ALBERT: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("albert")
    let width = try config.width("embedding_size", default: 128)
    let hidden = try config.width("hidden_size")
    let inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: config.vocabulary(), width: width,
      positions: config.count("max_position_embeddings"),
      segments: config.count("type_vocab_size", default: 2),
      epsilon: config.epsilon("layer_norm_eps", default: 1e-12))
    let depth = try depth(config)
    let groups = try groups(config, root["encoder"], hidden: hidden, depth: depth)
    let layers = (0..<depth).flatMap { layer in
      // The reference's own division, in doubles.
      groups[Int(Double(layer) / (Double(depth) / Double(groups.count)))]
    }
    return Encoder(
      inputs: inputs,
      widening: try Linear(root["encoder.embedding_hidden_mapping_in"], width, hidden),
      layers: layers)
  }

  // Layers share weights, so that a small file may ask for any number; published models have 24 at
  // most.
  private static let mostLayers = 256

  private static func depth(_ config: ModelConfig) throws -> Int {
    let depth = try config.layers("num_hidden_layers")
    let members = try config.layers("inner_group_num", default: 1)
    guard depth <= mostLayers, depth * members <= ModelConfig.mostLayers else {
      throw FileError(
        "\(config.json.name): `num_hidden_layers` is \(depth) and `inner_group_num` \(members), "
          + "should be at most \(mostLayers), and at most \(ModelConfig.mostLayers) layers in all")
    }
    return depth
  }

  /// Layers that are run one after the other wherever their group is.
  private static func groups(
    _ config: ModelConfig, _ weights: Weights, hidden: Int, depth: Int
  ) throws -> [[PostNormLayer]] {
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    let inner = try config.width("intermediate_size")
    let activation = try config.activation("hidden_act", default: "gelu_new")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    let (groups, members) = try (
      config.layers("num_hidden_groups", default: 1), config.layers("inner_group_num", default: 1)
    )
    guard groups <= depth else {
      throw FileError(
        "\(config.json.name): `num_hidden_groups` is \(groups), should be at most "
          + "`num_hidden_layers`, \(depth)")
    }
    return try (0..<groups).map { group in
      try (0..<members).map { member in
        try PostNormLayer(
          weights["albert_layer_groups.\(group).albert_layers.\(member)"], hidden: hidden,
          heads: heads, inner: inner, activation: activation, epsilon: epsilon, names: names)
      }
    }
  }

  private static let names = PostNormLayer.Names(
    attention: .init(
      query: "attention.query", key: "attention.key", value: "attention.value",
      output: "attention.dense"),
    attentionNorm: "attention.LayerNorm", up: "ffn", down: "ffn_output",
    outputNorm: "full_layer_layer_norm")
}
