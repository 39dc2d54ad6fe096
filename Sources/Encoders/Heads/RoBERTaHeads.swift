import ModelFiles
import Tensors

/// Of RoBERTa, XLM-RoBERTa, CamemBERT and MPNet, which pool the first token in the classifier.
enum RoBERTaHeads: ClassificationArchitecture, MaskedArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    try head(config, weights["classifier"], .tanh)
  }

  /// An activated layer over the first token, then another.
  static func head(
    _ config: ModelConfig, _ classifier: Weights, _ activation: Activation
  ) throws -> ClassificationHead {
    let hidden = try config.width("hidden_size")
    return ClassificationHead(
      tokens: .first,
      transform: HeadTransform(
        dense: try Linear(classifier["dense"], hidden, hidden), activation: activation),
      output: try LabelLayer(config, classifier["out_proj"], hidden))
  }

  static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    let isMPNet = try config.json.string("model_type") == "mpnet"
    let root = weights.below(isMPNet ? "mpnet" : "roberta")
    let (hidden, head) = (try config.width("hidden_size"), weights["lm_head"])
    return VocabularyHead(
      transform: try HeadTransform(config, head, width: hidden, .gelu, norm: "layer_norm"),
      decoder: try VocabularyDecoder(
        config, head["decoder"], hidden, bias: head, tied: root["embeddings.word_embeddings"],
        words: words))
  }
}
