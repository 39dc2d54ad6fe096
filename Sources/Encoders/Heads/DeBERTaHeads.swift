import ModelFiles
import Tensors

/// Of DeBERTa and its second version: a pooler outside the network with an activation of its own.
enum DeBERTaHeads: ClassificationArchitecture, MaskedArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    let hidden = try config.width("hidden_size")
    let pooled = try config.width("pooler_hidden_size", default: hidden)
    guard pooled == hidden else {
      throw FileError(
        "\(config.json.name): `pooler_hidden_size` is \(pooled), should be `hidden_size`, \(hidden)"
      )
    }
    return ClassificationHead(
      tokens: .first,
      transform: HeadTransform(
        dense: try Linear(weights["pooler.dense"], hidden, hidden),
        activation: try config.activation("pooler_hidden_act", default: "gelu")),
      output: try LabelLayer(config, weights["classifier"], hidden))
  }

  /// By BERT's names, unless `legacy` is false: then by the authors' own, which many files have
  /// beside a configuration that does not say so; transformers makes BERT's up for these.
  static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    let hidden = try config.width("hidden_size")
    let width = try config.width("embedding_size", default: hidden)
    let epsilon = 1e-7
    guard try !config.json.flag("legacy", default: true) else {
      return try BERTHeads.masked(
        config, weights, root: "deberta", words: words, width: width, epsilon: epsilon)
    }
    guard width == hidden else {
      throw FileError(
        "\(config.json.name): `embedding_size` is \(width), should be `hidden_size`, \(hidden), "
          + "where `legacy` is false")
    }
    let head = weights["lm_predictions.lm_head"]
    return VocabularyHead(
      transform: try HeadTransform(
        config, head, width: hidden, config.activation("hidden_act", default: "gelu"),
        epsilon: epsilon),
      decoder: try VocabularyDecoder(
        config, nil, hidden, bias: head,
        tied: weights.below("deberta")["embeddings.word_embeddings"], words: words))
  }
}
