import ModelFiles

/// What heads that give labels consist of, by the names that transformers has for it: of models that
/// are to get one that knows nothing yet.
package struct NewHead: Sendable {
  /// `…ForSequenceClassification`.
  package let className: String
  /// What goes before the network's names.
  package let network: String
  /// Whether the network has a pooler of its own, which the head reads.
  package let keepsPooler: Bool
  /// Each tensor in the file's order.
  package let tensors: [Tensor]

  package struct Tensor: Sendable {
    package let name: String
    package let shape: [Int]
    package let beginning: Beginning
  }

  /// What a tensor's numbers are at first.
  package enum Beginning: Sendable {
    /// Normally distributed, with this deviation.
    case normal(Double)
    case zeros, ones
  }

  /// - Throws: for a network whose heads are made by hand only
  package init(_ config: ModelConfig, labels: Int) throws {
    let type = try Architectures.name(config)
    guard let family = Self.known[type] else {
      throw FileError(
        "\(config.json.name): no new head for rerankers is made for model_type `\(type)`; it is for "
          + "\(Self.known.keys.sorted().joined(separator: ", "))")
    }
    let hidden = try config.width(family.width)
    let deviation = try config.json.double("initializer_range", default: 0.02)
    (className, network) = (family.className, family.network)
    keepsPooler = family.layers.contains { $0.name.hasPrefix("\(family.network).pooler") }
    tensors = try family.layers.flatMap { layer -> [Tensor] in
      let weight = Tensor(
        name: "\(layer.name).weight",
        shape: layer.isNorm ? [hidden] : [layer.isLast ? labels : hidden, hidden],
        beginning: layer.isNorm ? .ones : .normal(deviation))
      guard try layer.biasKey.map({ try config.json.flag($0, default: false) }) ?? true else {
        return [weight]
      }
      let bias = Tensor(
        name: "\(layer.name).bias", shape: [layer.isLast ? labels : hidden], beginning: .zeros)
      return [weight, bias]
    }
  }
}

extension NewHead {
  private struct Layer: Sendable {
    let name: String
    var isLast = false
    var isNorm = false
    /// Where config.json says whether there is a bias; `nil` where there is always one.
    var biasKey: String?
  }

  private struct Family: Sendable {
    let className: String
    let network: String
    var width = "hidden_size"
    let layers: [Layer]

    init(
      _ name: String, _ network: String, width: String = "hidden_size", _ layers: [Layer]
    ) {
      className = "\(name)ForSequenceClassification"
      (self.network, self.width, self.layers) = (network, width, layers)
    }
  }

  private static let classifier = Layer(name: "classifier", isLast: true)
  private static let two = [
    Layer(name: "classifier.dense"), Layer(name: "classifier.out_proj", isLast: true),
  ]

  private static func pooled(_ pooler: String) -> [Layer] { [Layer(name: pooler), classifier] }

  private static let known: [String: Family] = [
    "albert": Family("Albert", "albert", pooled("albert.pooler")),
    "bert": Family("Bert", "bert", pooled("bert.pooler.dense")),
    "camembert": Family("Camembert", "roberta", two),
    "deberta": Family("Deberta", "deberta", pooled("pooler.dense")),
    "deberta-v2": Family("DebertaV2", "deberta", pooled("pooler.dense")),
    "distilbert": Family(
      "DistilBert", "distilbert", width: "dim", [Layer(name: "pre_classifier"), classifier]),
    "electra": Family("Electra", "electra", two),
    "ernie": Family("Ernie", "ernie", pooled("ernie.pooler.dense")),
    "modernbert": Family(
      "ModernBert", "model",
      [
        Layer(name: "head.dense", biasKey: "classifier_bias"),
        Layer(name: "head.norm", isNorm: true, biasKey: "norm_bias"), classifier,
      ]),
    "mpnet": Family("MPNet", "mpnet", two),
    "roberta": Family("Roberta", "roberta", two),
    "xlm-roberta": Family("XLMRoberta", "roberta", two),
  ]
}
