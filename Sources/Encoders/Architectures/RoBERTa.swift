/// RoBERTa (Liu et al., 2019), and XLM-RoBERTa and CamemBERT, which are RoBERTas of other texts:
/// BERT whose positions are counted from the padding id on.
enum RoBERTa: Architecture {
  static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    let padding = try config.index("pad_token_id", below: "vocab_size", default: 1)
    return try BERT.encoder(config, weights.below("roberta"), padding: padding)
  }
}
