import ModelFiles

/// How much is left out at each site while a network is trained, as transformers 5.23 has it, or
/// the model's own code where transformers has none.
package struct DropoutRates: Sendable, Equatable {
  private var rates: [TrainingPass.Site: Float] = [:]

  package init() {}

  /// - Throws: where a rate is none, or the network is not known.
  package init(_ config: ModelConfig) throws {
    let type = try Architectures.name(config)
    let isNomics = try type == "nomic_bert" && config.json.present("n_embd") != nil
    for key in Self.keys[isNomics ? "nomic_bert/own" : type] ?? [] {
      let rate = try config.share(key.name, default: key.rate)
      for site in key.sites { rates[site] = rate }
    }
  }

  /// The sites that the network has, also those where nothing is left out.
  var sites: Set<TrainingPass.Site> { Set(rates.keys) }

  package subscript(_ site: TrainingPass.Site) -> Float {
    get { rates[site] ?? 0 }
    set { rates[site] = newValue }
  }

  /// Whether nothing is left out with this rate, if there is one, in the place of these.
  package func isNone(replacedBy rate: Float?) -> Bool {
    replaced(by: rate).rates.values.allSatisfy { $0 == 0 }
  }

  /// Another rate, if there is one, for the numbers at all sites; layers are left out as before.
  func replaced(by rate: Float?) -> DropoutRates {
    guard let rate else { return self }
    var all = self
    for site in rates.keys where site != .layers { all.rates[site] = rate }
    return all
  }
}

extension DropoutRates {
  /// A key of config.json, what it is where the file lacks it, and the sites that it is for.
  private struct Key: Sendable {
    let name: String
    let rate: Double
    let sites: [TrainingPass.Site]

    init(_ name: String, _ rate: Double, _ sites: [TrainingPass.Site]) {
      (self.name, self.rate, self.sites) = (name, rate, sites)
    }
  }

  private static let residuals: [TrainingPass.Site] = [
    .embeddings, .attentionOutput, .feedForwardOutput,
  ]

  /// BERT's keys, which most networks have kept.
  /// - Parameters:
  ///   - hidden, weights: what the two are by default
  ///   - sites: those of the first
  private static func bert(
    _ hidden: Double, _ weights: Double, _ sites: [TrainingPass.Site] = residuals
  ) -> [Key] {
    [
      Key("hidden_dropout_prob", hidden, sites),
      Key("attention_probs_dropout_prob", weights, [.attentionWeights]),
    ]
  }

  private static let deberta = bert(0.1, 0.1, residuals + [.distances, .convolution])
  private static let decoder = [Key("attention_dropout", 0, [.attentionWeights])]
  private static let gte = bert(0.1, 0, residuals + [.feedForwardInner])
  private static let t5 = [
    Key("dropout_rate", 0.1, residuals + [.attentionWeights, .feedForwardInner, .final])
  ]
  private static let xlm = [
    Key("dropout", 0.1, residuals), Key("attention_dropout", 0.1, [.attentionWeights]),
  ]

  /// By the names of `Architectures.known`.
  private static let keys: [String: [Key]] = [
    // It makes a dropout for the feed-forward layer's output, and does not use it.
    "albert": bert(0, 0, [.embeddings, .attentionOutput]),
    "bert": bert(0.1, 0.1),
    // Its own code has none after the feed-forward layer.
    "bert/alibi": bert(0.1, 0.1, [.embeddings, .attentionOutput, .feedForwardInner]),
    "camembert": bert(0.1, 0.1),
    "clip_text_model": decoder,
    "deberta": deberta,
    "deberta-v2": deberta,
    // None after attention.
    "distilbert": [
      Key("dropout", 0.1, [.embeddings, .feedForwardOutput]),
      Key("attention_dropout", 0.1, [.attentionWeights]),
    ],
    "electra": bert(0.1, 0.1),
    "embedding_gemma2_text": decoder,
    "ernie": bert(0.1, 0.1),
    "eurobert": decoder,
    "flaubert": xlm + [Key("layerdrop", 0, [.layers])],
    "gemma": decoder,
    "gemma2": decoder,
    "gemma3_text": decoder,
    "gte": gte,
    "jina_embeddings_v3": bert(0.1, 0.1),
    // Its attention leaves nothing out, whatever the configuration says.
    "lfm2": [],
    "llama": decoder,
    "longformer": bert(0.1, 0.1),
    "luke": bert(0.1, 0.1),
    "mistral": decoder,
    "modernbert": [
      Key("embedding_dropout", 0, [.embeddings]),
      Key("attention_dropout", 0, [.attentionWeights, .attentionOutput]),
      Key("mlp_dropout", 0, [.feedForwardInner]),
    ],
    "mpnet": bert(0.1, 0.1),
    "mt5": t5,
    "new": gte,
    "nomic_bert": bert(0, 0),
    // By the keys of GPT-2, of which its own code leaves `embd_pdrop` alone.
    "nomic_bert/own": [
      Key("resid_pdrop", 0.1, residuals), Key("attn_pdrop", 0.1, [.attentionWeights]),
    ],
    "qwen2": decoder,
    "qwen3": decoder,
    "roberta": bert(0.1, 0.1),
    "roformer": bert(0.1, 0.1),
    "t5": t5,
    "xlm": xlm,
    "xlm-roberta": bert(0.1, 0.1),
    "xlm-roberta/rotary": bert(0.1, 0.1),
    "xlnet": [
      Key(
        "dropout", 0.1, residuals + [.attentionWeights, .feedForwardInner, .distances, .final])
    ],
  ]

  /// The networks whose rates are known.
  static var known: Set<String> { Set(keys.keys) }
}

extension ModelConfig {
  /// A number from 0 to 1.
  fileprivate func share(_ key: String, default fallback: Double) throws -> Float {
    let value = try json.double(key, default: fallback)
    guard (0...1).contains(value) else {
      throw FileError("\(json.name): `\(key)` should be between 0 and 1, is \(value)")
    }
    return Float(value)
  }
}
