import ModelFiles

/// The architectures by the names that config.json gives them.
package enum Architectures {
  /// Each `model_type` that is read, and after a slash the `position_embedding_type` of those that
  /// have borrowed another's. A new architecture adds its file and a line.
  package static let known: [String: any Architecture.Type] = [
    "albert": ALBERT.self,
    "bert": BERT.self,
    "bert/alibi": JinaBERT.self,
    "camembert": RoBERTa.self,
    "deberta": DeBERTa.self,
    "deberta-v2": DeBERTa.self,
    "distilbert": DistilBERT.self,
    "electra": ELECTRA.self,
    "ernie": ERNIE.self,
    "flaubert": XLM.self,
    "gemma3_text": Gemma.self,
    "gte": GTE.self,
    "modernbert": ModernBERT.self,
    "mpnet": MPNet.self,
    "mt5": T5.self,
    "new": GTE.self,
    "nomic_bert": NomicBERT.self,
    "qwen2": Qwen.self,
    "qwen3": Qwen.self,
    "roberta": RoBERTa.self,
    "t5": T5.self,
    "xlm": XLM.self,
    "xlm-roberta": RoBERTa.self,
    "xlnet": XLNet.self,
  ]

  /// The network that a config.json describes.
  /// - Throws: where its `model_type` is not known, a setting is not computed, or a tensor is
  ///   missing or of another shape.
  package static func encoder(_ config: ModelConfig, _ weights: Weights) throws -> Encoder {
    var type = try config.json.string("model_type")
    let positions = try config.json.string("position_embedding_type", default: "")
    if known["\(type)/\(positions)"] != nil { type += "/\(positions)" }
    guard let architecture = known[type] else {
      throw FileError(
        "\(config.json.name): model_type `\(type)` is not supported; "
          + "known are \(known.keys.sorted().joined(separator: ", "))")
    }
    return try architecture.encoder(config, weights)
  }
}
