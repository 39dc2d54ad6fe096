import ModelFiles

/// The heads that give labels, by the names that config.json gives their networks.
package enum ClassificationHeads {
  /// Each `model_type` whose …ForSequenceClassification is read. A new family adds its file and
  /// a line.
  package static let known: [String: any ClassificationArchitecture.Type] = [
    "albert": ALBERTHeads.self,
    "bert": BERTHeads.self,
    "camembert": RoBERTaHeads.self,
    "deberta": DeBERTaHeads.self,
    "deberta-v2": DeBERTaHeads.self,
    "distilbert": DistilBERTHeads.self,
    "electra": ELECTRAHeads.self,
    "ernie": BERTHeads.self,
    "flaubert": SummaryHeads.self,
    "gemma": DecoderHeads.self,
    "gemma2": DecoderHeads.self,
    "gemma3_text": DecoderHeads.self,
    "gte": GTEHeads.self,
    "llama": DecoderHeads.self,
    "mistral": DecoderHeads.self,
    "modernbert": ModernBERTHeads.self,
    "mpnet": RoBERTaHeads.self,
    "new": GTEHeads.self,
    "qwen2": DecoderHeads.self,
    "qwen3": DecoderHeads.self,
    "roberta": RoBERTaHeads.self,
    "xlm": SummaryHeads.self,
    "xlm-roberta": RoBERTaHeads.self,
    "xlnet": SummaryHeads.self,
  ]

  /// The head that a config.json and a checkpoint describe.
  /// - Parameter weights: of the whole checkpoint
  /// - Throws: where the network has no such head here, a tensor is missing, or the labels are not
  ///   as many as the head makes.
  package static func head(
    _ config: ModelConfig, _ weights: Weights
  ) throws -> ClassificationHead {
    let type = try Architectures.name(config)
    guard let architecture = known[type] else {
      throw FileError(
        "\(config.json.name): a head that classifies is not computed for model_type `\(type)`; "
          + "it is for \(known.keys.sorted().joined(separator: ", "))")
    }
    return try architecture.head(config, weights.noting(random))
  }

  /// Why a head without its tensors is refused.
  static let random =
    "without it, sentence-transformers makes it up at random; take a model that was trained for it"

  /// How many labels a configuration has: those that `id2label` names, else `num_labels`, else 2,
  /// as transformers counts them.
  package static func labels(_ config: ModelConfig) throws -> Int {
    guard let names = try config.json.present("id2label")?.object() else {
      return try config.count("num_labels", default: 2)
    }
    guard names.count > 0 else {
      throw FileError("\(config.json.name): `id2label` is empty, should name the labels")
    }
    return names.count
  }
}
