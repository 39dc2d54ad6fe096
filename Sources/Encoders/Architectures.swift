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
    try architecture(config).encoder(config, weights)
  }

  /// Refuses a network that is not known, before anything else of a model is read.
  package static func check(_ config: ModelConfig) throws { _ = try architecture(config) }

  private static func architecture(_ config: ModelConfig) throws -> any Architecture.Type {
    var type = try config.json.string("model_type")
    let positions = try config.positionType()
    if known["\(type)/\(positions)"] != nil { type += "/\(positions)" }
    guard let architecture = known[type] else {
      throw FileError(
        "\(config.json.name): model_type `\(type)` is not supported; "
          + "known are \(known.keys.sorted().joined(separator: ", "))")
    }
    for key in ["quantization_config", "pruned_heads"] { try config.refuseFilled(key) }
    return architecture
  }
}

extension Architectures {
  /// For how many tokens a network has a table of positions, by its config.json; `nil` for one whose
  /// positions are computed. RoBERTa and its kin count from the id of padding on.
  package static func positions(_ config: ModelConfig) throws -> Int? {
    let json = config.json
    let type = try json.string("model_type", default: "")
    guard hasTable.contains(type), known["\(type)/\(try config.positionType())"] == nil,
      try !type.hasPrefix("deberta") || json.flag("position_biased_input", default: true),
      let rows = try json.present("max_position_embeddings")?.int()
    else { return nil }
    let padding = try countsPadding.contains(type) ? json.int("pad_token_id", default: 1) : -1
    let (count, overflow) = rows.subtractingReportingOverflow(padding &+ 1)
    return overflow || count < 1 ? nil : count
  }

  private static let countsPadding: Set<String> = ["camembert", "mpnet", "roberta", "xlm-roberta"]
  private static let hasTable = countsPadding.union([
    "albert", "bert", "deberta", "deberta-v2", "distilbert", "electra", "ernie", "flaubert", "xlm",
  ])
}

extension ModelConfig {
  /// Refuses an object or a list that changes what the weights mean.
  fileprivate func refuseFilled(_ key: String) throws {
    guard let value = try json.present(key), value.count > 0 else { return }
    value.askForAll()
    throw FileError(
      "\(json.name): `\(key)` is \(value.found), which is not followed; take the model's weights in "
        + "float32, float16 or bfloat16, with all their heads")
  }

  fileprivate func positionType() throws -> String {
    try json.string("position_embedding_type", default: "")
  }
}
