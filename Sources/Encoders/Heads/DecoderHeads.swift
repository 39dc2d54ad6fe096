import ModelFiles
import Tensors

/// Of decoders: `score`, which reads the last token, and the language model's own last layer.
enum DecoderHeads: ClassificationArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    ClassificationHead(
      tokens: .last, padding: try padding(config),
      output: try LabelLayer(config, weights["score"], config.width("hidden_size"), bias: false))
  }

  /// The id of padding: of Gemma 0 where the file has no such key, else none.
  private static func padding(_ config: ModelConfig) throws -> Int32? {
    if let id = try config.json.present("pad_token_id")?.int() { return Int32(exactly: id) }
    let isSaid = try config.json.object()["pad_token_id"] != nil
    return try !isSaid && isGemma(config) ? 0 : nil
  }

  private static func isGemma(_ config: ModelConfig) throws -> Bool {
    try config.json.string("model_type").hasPrefix("gemma")
  }

  /// Hidden states meet the decoder as they are.
  static func causal(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    VocabularyHead(
      decoder: try VocabularyDecoder(
        // Of the whole vocabulary, the logits of a few words are asked for: nothing is packed.
        config, weights["lm_head"].with(.f32), config.width("hidden_size"), hasBias: false,
        cap: cap(config), tied: weights.below("model")["embed_tokens"], words: words,
        isTied: try isGemma(config)))
  }

  /// c, where logits are bent to c · tanh(x / c).
  private static func cap(_ config: ModelConfig) throws -> Float? {
    guard let cap = try config.json.present("final_logit_softcapping")?.double() else { return nil }
    guard Float(cap) > 0, Float(cap).isFinite else {
      throw FileError(
        "\(config.json.name): `final_logit_softcapping` is \(cap), should be above 0")
    }
    return Float(cap)
  }
}
