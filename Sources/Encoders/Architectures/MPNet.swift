import ModelFiles
package import Tensors

/// MPNet (Song et al., 2020): BERT with RoBERTa's positions, no segments, and T5's bias for the
/// distance of two tokens. all-mpnet-base-v2 is one.
package struct MPNet: Encoder {
  package let hiddenSize, vocabularySize: Int
  package let segmentCount = 1
  package let layers: [any EncoderLayer]
  private let inputs: InputEmbeddings

  // Not in the configuration: transformers has them in the code.
  private static let padding: Int32 = 1
  private static let buckets = T5Buckets(count: 32, farthest: 128)

  package init(_ config: ModelConfig, _ weights: Weights) throws {
    let root = weights.below("mpnet")
    let hidden = try config.count("hidden_size")
    hiddenSize = hidden
    vocabularySize = try config.vocabulary()
    let positions = try config.count("max_position_embeddings")
    guard positions > Self.padding, vocabularySize > Self.padding else {
      throw FileError(
        "\(config.json.name): `max_position_embeddings` is \(positions) and `vocab_size` "
          + "\(vocabularySize); positions count from the padding id \(Self.padding) on, so both "
          + "should be larger")
    }
    inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: vocabularySize, width: hidden, positions: positions,
      segments: 0, epsilon: config.epsilon("layer_norm_eps", default: 1e-12),
      padding: Self.padding)
    let distances = try Self.distances(config, root["encoder"], hidden: hidden)
    layers = try BERT.layers(
      config, root["encoder"], hidden: hidden, names: Self.names, positionBias: distances)
  }

  private static func distances(
    _ config: ModelConfig, _ weights: Weights, hidden: Int
  ) throws -> RelativePositionBias {
    let heads = try config.heads("num_attention_heads", hidden: hidden)
    let count = try config.count("relative_attention_num_buckets", default: buckets.count)
    guard count == buckets.count else {
      throw FileError(
        "\(config.json.name): `relative_attention_num_buckets` is \(count); "
          + "only \(buckets.count) are computed")
    }
    let table = try weights.table("relative_attention_bias.weight", count, heads).elements
    // Added after scores are scaled, where our bias is added before.
    let scale = Float(hidden / heads).squareRoot()
    return RelativePositionBias(heads: heads) { table[buckets($1) * heads + $0] * scale }
  }

  private static let names = PostNormLayer.Names(
    attention: .init(
      query: "attention.attn.q", key: "attention.attn.k", value: "attention.attn.v",
      output: "attention.attn.o"),
    attentionNorm: "attention.LayerNorm", up: "intermediate.dense", down: "output.dense",
    outputNorm: "output.LayerNorm")

  package var longestSequence: Int? { inputs.positions?.longestSequence }
  package func embeddings(_ batch: TokenBatch) -> Tensor { inputs(batch) }
}
