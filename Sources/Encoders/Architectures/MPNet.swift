import ModelFiles
import Tensors

/// MPNet (Song et al., 2020): BERT with RoBERTa's positions, no segments, and T5's bias for the
/// distance of two tokens. all-mpnet-base-v2 is one.
enum MPNet: Architecture {
  // Not in the configuration: transformers has them in the code.
  private static let padding: Int32 = 1
  private static let buckets = T5Buckets(count: 32, farthest: 128)

  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("mpnet")
    let hidden = try config.width("hidden_size")
    let vocabulary = try config.vocabulary()
    let positions = try config.count("max_position_embeddings")
    guard positions > padding, vocabulary > padding else {
      throw FileError(
        "\(config.json.name): `max_position_embeddings` is \(positions) and `vocab_size` "
          + "\(vocabulary); positions count from the padding id \(padding) on, so both "
          + "should be larger")
    }
    let inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: vocabulary, width: hidden, positions: positions,
      segments: 0, epsilon: config.epsilon("layer_norm_eps", default: 1e-12),
      padding: padding)
    let distances = try distances(config, root["encoder"], hidden: hidden)
    return Encoder(
      inputs: inputs,
      layers: try BERT.layers(
        config, root["encoder"], hidden: hidden, names: names, positionBias: distances))
  }

  private static func distances(
    _ config: ModelConfig, _ weights: Weights, hidden: Int
  ) throws -> PositionBias {
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    let count = try config.count("relative_attention_num_buckets", default: buckets.count)
    guard count == buckets.count else {
      throw FileError(
        "\(config.json.name): `relative_attention_num_buckets` is \(count); "
          + "only \(buckets.count) are computed")
    }
    return PositionBias(
      try weights.table("relative_attention_bias.weight", count, heads)
    ) { buckets($0) }
  }

  private static let names = PostNormLayer.Names(
    attention: .init(
      query: "attention.attn.q", key: "attention.attn.k", value: "attention.attn.v",
      output: "attention.attn.o"),
    attentionNorm: "attention.LayerNorm", up: "intermediate.dense", down: "output.dense",
    outputNorm: "output.LayerNorm")
}
