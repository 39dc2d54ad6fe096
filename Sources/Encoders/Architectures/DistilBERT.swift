import Tensors

/// DistilBERT (Sanh et al., 2019): a BERT without segments, its parts under other names.
enum DistilBERT: Architecture {
  // Not in the configuration: transformers has it in the code.
  private static let epsilon: Float = 1e-12

  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let root = weights.below("distilbert")
    let hidden = try config.width("dim")
    let inputs = try InputEmbeddings(
      root["embeddings"], vocabulary: config.count("vocab_size"), width: hidden,
      positions: config.count("max_position_embeddings"), segments: 0, epsilon: epsilon)
    let heads = try config.heads("n_heads", hidden: hidden)
    let inner = try config.width("hidden_dim")
    let activation = try config.activation("activation", default: "gelu")
    let layers = try (0..<config.layers("n_layers")).map { index in
      try PostNormLayer(
        root["transformer.layer.\(index)"], hidden: hidden, heads: heads, inner: inner,
        activation: activation, epsilon: epsilon, names: names)
    }
    return Encoder(inputs: inputs, layers: layers)
  }

  private static let names = PostNormLayer.Names(
    attention: .init(
      query: "attention.q_lin", key: "attention.k_lin", value: "attention.v_lin",
      output: "attention.out_lin"),
    attentionNorm: "sa_layer_norm", up: "ffn.lin1", down: "ffn.lin2",
    outputNorm: "output_layer_norm")
}
