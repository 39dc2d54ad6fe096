import Tensors

/// Of ELECTRA: gelu in the classifier, whatever `hidden_act` says, and the generator's decoder, as
/// narrow as the words' table.
enum ELECTRAHeads: ClassificationArchitecture, MaskedArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    try RoBERTaHeads.head(config, weights["classifier"], .gelu)
  }

  static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    let width = try config.width("embedding_size", default: 128)
    return VocabularyHead(
      transform: try HeadTransform(
        config, weights["generator_predictions"], width: width, .gelu),
      decoder: try VocabularyDecoder(
        config, weights["generator_lm_head"], width,
        tied: weights.below("electra")["embeddings.word_embeddings"], words: words))
  }
}
