import Tensors

/// Of DistilBERT: relu in the place of the pooler's tanh, and a decoder with a bias of its own.
enum DistilBERTHeads: ClassificationArchitecture, MaskedArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    let hidden = try config.width("dim")
    return ClassificationHead(
      tokens: .first,
      transform: HeadTransform(
        dense: try Linear(weights["pre_classifier"], hidden, hidden), activation: .relu),
      output: try LabelLayer(config, weights["classifier"], hidden))
  }

  static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    let hidden = try config.width("dim")
    return VocabularyHead(
      transform: HeadTransform(
        dense: try Linear(weights["vocab_transform"], hidden, hidden),
        activation: try config.activation("activation", default: "gelu"),
        // Not in the configuration: transformers has it in the code.
        norm: try LayerNorm(weights["vocab_layer_norm"], hidden, epsilon: 1e-12)),
      decoder: try VocabularyDecoder(
        config, weights["vocab_projector"], hidden,
        tied: weights.below("distilbert")["embeddings.word_embeddings"], words: words))
  }
}
