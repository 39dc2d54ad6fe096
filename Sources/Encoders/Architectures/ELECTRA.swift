package import Tensors

/// ELECTRA (Clark et al., 2020): a BERT whose tables may be narrower than its layers.
package struct ELECTRA: Encoder {
  package let hiddenSize, vocabularySize, segmentCount: Int
  package let layers: [any EncoderLayer]
  private let inputs: InputEmbeddings
  /// `nil` where the tables are as wide as the layers.
  private let widening: Linear?

  package init(_ config: ModelConfig, _ weights: Weights) throws {
    try config.require("position_embedding_type", "absolute", default: "absolute")
    let root = weights.below("electra")
    let hidden = try config.count("hidden_size")
    let width = try config.count("embedding_size", default: 128)
    hiddenSize = hidden
    vocabularySize = try config.vocabulary()
    segmentCount = try config.count("type_vocab_size", default: 2)
    inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: vocabularySize, width: width,
      positions: config.count("max_position_embeddings"), segments: segmentCount,
      epsilon: config.epsilon("layer_norm_eps", default: 1e-12))
    widening = width == hidden ? nil : try Linear(root["embeddings_project"], width, hidden)
    layers = try BERT.layers(config, root["encoder"], hidden: hidden)
  }

  package var longestSequence: Int? { inputs.positions?.longestSequence }

  package func embeddings(_ batch: TokenBatch) -> Tensor {
    let narrow = inputs(batch)
    return widening.map { $0(narrow) } ?? narrow
  }
}
