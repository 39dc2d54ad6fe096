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
    "clip_text_model": CLIP.self,
    "deberta": DeBERTa.self,
    "deberta-v2": DeBERTa.self,
    "distilbert": DistilBERT.self,
    "electra": ELECTRA.self,
    "embedding_gemma2_text": EmbeddingGemma2.self,
    "ernie": ERNIE.self,
    "eurobert": EuroBERT.self,
    "flaubert": XLM.self,
    "gemma": Gemma.self,
    "gemma2": Gemma2.self,
    "gemma3_text": Gemma3.self,
    "gte": GTE.self,
    "jina_embeddings_v3": JinaV3.self,
    "lfm2": LFM2.self,
    "llama": Llama.self,
    "longformer": Longformer.self,
    "luke": LUKE.self,
    "mistral": Mistral.self,
    "modernbert": ModernBERT.self,
    "mpnet": MPNet.self,
    "mt5": T5.self,
    "new": GTE.self,
    "nomic_bert": NomicBERT.self,
    "qwen2": Qwen.self,
    "qwen3": Qwen.self,
    "roberta": RoBERTa.self,
    "roformer": RoFormer.self,
    "t5": T5.self,
    "xlm": XLM.self,
    "xlm-roberta": RoBERTa.self,
    "xlm-roberta/rotary": JinaV3.self,
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

  /// The name in `known` of the network that a config.json describes.
  static func name(_ config: ModelConfig) throws -> String {
    let type = try config.json.string("model_type")
    let borrowed = "\(type)/\(try config.positionType())"
    return known[borrowed] == nil ? type : borrowed
  }

  private static func architecture(_ config: ModelConfig) throws -> any Architecture.Type {
    let type = try name(config)
    guard let architecture = known[type] else {
      throw FileError(
        "\(config.json.name): model_type `\(type)` is not supported; "
          + "known are \(known.keys.sorted().joined(separator: ", "))")
    }
    for key in ["quantization_config", "pruned_heads"] { try config.refuseFilled(key) }
    if !decoders.contains(type) {
      try config.refuseCausal(unlessDecoder: mayBeDecoders.contains(type))
    }
    return architecture
  }
}

extension Architectures {
  /// Networks whose tokens see nothing that comes later, unless config.json says otherwise.
  private static let decoders: Set<String> = [
    "clip_text_model", "gemma", "gemma2", "gemma3_text", "lfm2", "llama", "mistral", "qwen2",
    "qwen3",
  ]
  /// Networks that `is_decoder` makes decoders.
  private static let mayBeDecoders: Set<String> = [
    "bert", "camembert", "electra", "ernie", "roberta", "roformer", "xlm-roberta",
  ]

  /// Other names that transformers takes for keys of a type's config.json (its `attribute_map`), and
  /// the keys; where both are there, the other name's value counts.
  package static func aliases(of type: String) -> [String: String] { aliases[type] ?? [:] }

  private static let aliases: [String: [String: String]] = {
    let t5 = [
      "head_dim": "d_kv", "hidden_size": "d_model", "num_attention_heads": "num_heads",
      "num_hidden_layers": "num_layers",
    ]
    let xlm = [
      "hidden_size": "emb_dim", "n_words": "vocab_size", "num_attention_heads": "n_heads",
      "num_hidden_layers": "n_layers", "pad_index": "pad_token_id",
    ]
    return [
      "distilbert": [
        "hidden_size": "dim", "num_attention_heads": "n_heads", "num_hidden_layers": "n_layers",
      ],
      "flaubert": xlm, "lfm2": ["block_ff_dim": "intermediate_size"], "mt5": t5, "t5": t5,
      "xlm": xlm,
      "xlm-roberta": ["rotary_emb_base": "rope_theta"],
      "xlnet": [
        "hidden_size": "d_model", "n_token": "vocab_size", "num_attention_heads": "n_head",
        "num_hidden_layers": "n_layer",
      ],
    ]
  }()

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

  private static let countsPadding: Set<String> = [
    "camembert", "longformer", "luke", "mpnet", "roberta", "xlm-roberta",
  ]
  private static let hasTable = countsPadding.union([
    "albert", "bert", "clip_text_model", "deberta", "deberta-v2", "distilbert", "electra", "ernie",
    "flaubert", "roformer", "xlm",
  ])
}

extension ModelConfig {
  /// Refuses an object or a list that changes what the weights mean.
  fileprivate func refuseFilled(_ key: String) throws {
    guard let value = try json.present(key), value.count > 0 else { return }
    throw FileError(
      "\(json.name): `\(key)` is \(value.found), which is not followed; take the model's weights in "
        + "float32, float16 or bfloat16, with all their heads")
  }

  /// Refuses to make a decoder of an encoder by `is_causal`: transformers 5.23 then computes a text
  /// alone as a decoder does, and the same text beside a longer one as an encoder.
  fileprivate func refuseCausal(unlessDecoder mayBeDecoder: Bool) throws {
    let isDecoder = try mayBeDecoder && json.flag("is_decoder", default: false)
    guard !isDecoder, try json.flag("is_causal", default: false) else { return }
    throw FileError(
      "\(json.name): `is_causal` is true, but this network looks both ways; set `is_decoder` to true "
        + "where it is a decoder, or remove the key")
  }

  fileprivate func positionType() throws -> String {
    try json.string("position_embedding_type", default: "")
  }
}
