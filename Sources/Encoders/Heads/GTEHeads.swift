import Tensors

/// Of GTE, by transformers' names and by those of its own code, where `new` is in front and a norm
/// is `lm_head.norm`.
enum GTEHeads: ClassificationArchitecture, MaskedArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    try BERTHeads.head(config, weights, pooler: root(weights)["pooler.dense"])
  }

  private static func root(_ weights: Weights) -> Weights { weights.below("new").below("gte") }

  static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    let (hidden, head) = (try config.width("hidden_size"), weights["lm_head"])
    let isOwn = head.has("norm.weight")
    return VocabularyHead(
      transform: try HeadTransform(
        config, head, width: hidden,
        isOwn ? config.activation("hidden_act", default: "gelu") : .gelu,
        norm: isOwn ? "norm" : "layer_norm"),
      decoder: try VocabularyDecoder(
        config, head["decoder"], hidden, tied: root(weights)["embeddings.word_embeddings"],
        words: words))
  }
}
