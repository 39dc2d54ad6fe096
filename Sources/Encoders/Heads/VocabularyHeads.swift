import ModelFiles
package import Tensors

/// The heads over the vocabulary, by the names that config.json gives their networks.
package enum VocabularyHeads {
  /// Each `model_type` whose …ForMaskedLM is read. A new one adds its file and a line.
  package static let known: [String: any MaskedArchitecture.Type] = [
    "albert": ALBERTHeads.self,
    "bert": BERTHeads.self,
    "camembert": RoBERTaHeads.self,
    "deberta": DeBERTaHeads.self,
    "deberta-v2": DeBERTaHeads.self,
    "distilbert": DistilBERTHeads.self,
    "electra": ELECTRAHeads.self,
    "ernie": BERTHeads.self,
    "gte": GTEHeads.self,
    "modernbert": ModernBERTHeads.self,
    "mpnet": RoBERTaHeads.self,
    "new": GTEHeads.self,
    "roberta": RoBERTaHeads.self,
    "xlm-roberta": RoBERTaHeads.self,
  ]

  /// Each `model_type` whose …ForCausalLM is read.
  package static let knownCausal: Set<String> = [
    "gemma", "gemma2", "gemma3_text", "llama", "mistral", "qwen2", "qwen3",
  ]

  /// A masked language model's head.
  /// - Parameters:
  ///   - weights: of the whole checkpoint
  ///   - words: the network's table of words (`Encoder.words`), which is then not read again
  /// - Throws: where the network has no such head here, or a tensor is missing or of another shape.
  package static func masked(
    _ config: ModelConfig, _ weights: Weights, words: Tensor? = nil
  ) throws -> VocabularyHead {
    let type = try Architectures.name(config)
    guard let architecture = known[type] else {
      throw unknown(config, "masked language model", type, known.keys.sorted())
    }
    return try architecture.masked(
      config, weights.noting(ClassificationHeads.random), words: words)
  }

  /// A causal language model's head, of which `logits` is what it is for.
  package static func causal(
    _ config: ModelConfig, _ weights: Weights, words: Tensor? = nil
  ) throws -> VocabularyHead {
    let type = try Architectures.name(config)
    guard knownCausal.contains(type) else {
      throw unknown(config, "causal language model", type, knownCausal.sorted())
    }
    return try DecoderHeads.causal(
      config, weights.noting(ClassificationHeads.random), words: words)
  }

  private static func unknown(
    _ config: ModelConfig, _ kind: String, _ type: String, _ known: [String]
  ) -> FileError {
    FileError(
      "\(config.json.name): the head of a \(kind) is not computed for model_type `\(type)`; "
        + "it is for " + known.joined(separator: ", "))
  }
}
