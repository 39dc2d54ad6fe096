import ModelFiles
import Tensors

/// Of BERT and ERNIE: the pooler of the first token, and the masked language model's transform. All
/// of BERT's kin that have these under their names share them.
enum BERTHeads: ClassificationArchitecture, MaskedArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    try head(
      config, weights, pooler: weights.below(config.json.string("model_type"))["pooler.dense"])
  }

  /// tanh of a layer over the first token, then `classifier`.
  /// - Parameter pooler: that layer
  static func head(
    _ config: ModelConfig, _ weights: Weights, pooler: Weights
  ) throws -> ClassificationHead {
    let hidden = try config.width("hidden_size")
    return ClassificationHead(
      tokens: .first,
      transform: HeadTransform(dense: try Linear(pooler, hidden, hidden), activation: .tanh),
      output: try LabelLayer(config, weights["classifier"], hidden))
  }

  static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    try masked(
      config, weights, root: config.json.string("model_type"), words: words,
      width: config.width("hidden_size"))
  }

  /// - Parameters:
  ///   - root: what lies before the network's names
  ///   - width: H′, the columns of the words' table
  ///   - epsilon: the norm's, where the configuration has none
  static func masked(
    _ config: ModelConfig, _ weights: Weights, root: String, words: Tensor?, width: Int,
    epsilon: Double = 1e-12
  ) throws -> VocabularyHead {
    let predictions = weights["cls.predictions"]
    return VocabularyHead(
      transform: try HeadTransform(
        config, predictions["transform"], width: width,
        config.activation("hidden_act", default: "gelu"), epsilon: epsilon),
      decoder: try VocabularyDecoder(
        config, predictions["decoder"], width, bias: predictions,
        tied: weights.below(root)["embeddings.word_embeddings"], words: words))
  }
}
