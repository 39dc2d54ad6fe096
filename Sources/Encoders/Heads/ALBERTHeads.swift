import Tensors

/// Of ALBERT: a pooler that is a layer itself, and a decoder as narrow as the words' table.
enum ALBERTHeads: ClassificationArchitecture, MaskedArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    try BERTHeads.head(config, weights, pooler: weights.below("albert")["pooler"])
  }

  static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    let predictions = weights["predictions"]
    let width = try config.width("embedding_size", default: 128)
    return VocabularyHead(
      transform: try HeadTransform(
        config, predictions, width: width, config.activation("hidden_act", default: "gelu_new")),
      decoder: try VocabularyDecoder(
        config, predictions["decoder"], width, bias: predictions,
        tied: weights.below("albert")["embeddings.word_embeddings"], words: words))
  }
}
