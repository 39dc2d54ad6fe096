import ModelFiles
import Tensors

/// Of ModernBERT: one `head` before the classifier and before the decoder.
enum ModernBERTHeads: ClassificationArchitecture, MaskedArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    let pooling = try config.json.string("classifier_pooling", default: "cls")
    guard let tokens = tokens[pooling] else {
      throw FileError(
        "\(config.json.name): `classifier_pooling` is `\(pooling)`, should be `cls` or `mean`")
    }
    return ClassificationHead(
      tokens: tokens, transform: try transform(config, weights["head"]),
      output: try LabelLayer(config, weights["classifier"], config.width("hidden_size")))
  }

  private static let tokens: [String: ClassificationHead.Tokens] = ["cls": .first, "mean": .mean]

  private static func transform(
    _ config: ModelConfig, _ weights: Weights
  ) throws -> HeadTransform {
    let hidden = try config.width("hidden_size")
    return HeadTransform(
      dense: try Linear(
        weights["dense"], hidden, hidden,
        bias: config.json.flag("classifier_bias", default: false)),
      activation: try config.activation("classifier_activation", default: "gelu"),
      norm: try LayerNorm(
        weights["norm"], hidden, epsilon: config.epsilon("norm_eps", default: 1e-5),
        shifted: config.json.flag("norm_bias", default: false)))
  }

  static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    VocabularyHead(
      transform: try transform(config, weights["head"]),
      decoder: try VocabularyDecoder(
        config, weights["decoder"], config.width("hidden_size"),
        hasBias: config.json.flag("decoder_bias", default: true),
        tied: weights.below("model")["embeddings.tok_embeddings"], words: words))
  }
}
