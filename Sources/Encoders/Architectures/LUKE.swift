/// LUKE (Yamada et al., 2020) without its entities, which no text has: a RoBERTa.
enum LUKE: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let padding = try config.index("pad_token_id", below: "vocab_size", default: 1)
    return try BERT.encoder(config, weights.below("luke"), padding: padding)
  }
}
