package import Tensors

/// BERT (Devlin et al., 2018): learned positions, segments, and layers that normalise after each
/// half. all-MiniLM-L6-v2 is one.
package struct BERT: Encoder {
  package let hiddenSize, vocabularySize, segmentCount: Int
  package let longestSequence: Int?
  private let inputs: InputEmbeddings
  private let layers: [PostNormLayer]

  package init(_ config: ModelConfig, _ weights: Weights) throws {
    try config.require("position_embedding_type", "absolute", default: "absolute")
    let hidden = try config.count("hidden_size")
    let positions = try config.count("max_position_embeddings")
    let epsilon = try config.epsilon("layer_norm_eps", default: 1e-12)
    hiddenSize = hidden
    vocabularySize = try config.count("vocab_size")
    segmentCount = try config.count("type_vocab_size", default: 2)
    longestSequence = positions
    let root = weights.below("bert")
    inputs = try InputEmbeddings(
      root["embeddings"], hidden: hidden, vocabulary: vocabularySize, positions: positions,
      segments: segmentCount, epsilon: epsilon)
    layers = try (0..<config.count("num_hidden_layers")).map { index in
      try PostNormLayer(
        root["encoder.layer.\(index)"], hidden: hidden,
        heads: config.heads("num_attention_heads", hidden: hidden),
        inner: config.count("intermediate_size"),
        activation: config.activation("hidden_act", default: "gelu"), epsilon: epsilon,
        names: Self.names)
    }
  }

  private static let names = PostNormLayer.Names(
    attention: .init(
      query: "attention.self.query", key: "attention.self.key", value: "attention.self.value",
      output: "attention.output.dense"),
    attentionNorm: "attention.output.LayerNorm", up: "intermediate.dense",
    down: "output.dense", outputNorm: "output.LayerNorm")

  package var depth: Int { layers.count }
  package var products: [ProductShape] { layers.flatMap(\.products) }
  package func embeddings(_ batch: TokenBatch) -> Tensor { inputs(batch) }
  package func layer(_ index: Int, _ x: Tensor, _ batch: TokenBatch) -> Tensor {
    layers[index](x, batch.packing)
  }
}
