package import Tensors

/// DistilBERT (Sanh et al., 2019): a BERT without segments, its parts under other names.
package struct DistilBERT: Encoder {
  package let hiddenSize, vocabularySize: Int
  package let segmentCount = 1
  package let layers: [any EncoderLayer]
  private let inputs: InputEmbeddings

  // Not in the configuration: transformers has it in the code.
  private static let epsilon: Float = 1e-12

  package init(_ config: ModelConfig, _ weights: Weights) throws {
    let root = weights.below("distilbert")
    let hidden = try config.count("dim")
    hiddenSize = hidden
    vocabularySize = try config.count("vocab_size")
    inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: vocabularySize, width: hidden,
      positions: config.count("max_position_embeddings"), segments: 0, epsilon: Self.epsilon)
    layers = try (0..<config.layers("n_layers")).map { index in
      try PostNormLayer(
        root["transformer.layer.\(index)"], hidden: hidden,
        heads: config.heads("n_heads", hidden: hidden), inner: config.count("hidden_dim"),
        activation: config.activation("activation", default: "gelu"), epsilon: Self.epsilon,
        names: Self.names)
    }
  }

  private static let names = PostNormLayer.Names(
    attention: .init(
      query: "attention.q_lin", key: "attention.k_lin", value: "attention.v_lin",
      output: "attention.out_lin"),
    attentionNorm: "sa_layer_norm", up: "ffn.lin1", down: "ffn.lin2",
    outputNorm: "output_layer_norm")

  package var longestSequence: Int? { inputs.positions?.longestSequence }
  package func embeddings(_ batch: TokenBatch) -> Tensor { inputs(batch) }
}
