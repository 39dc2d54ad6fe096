import Glibc
import ModelFiles

/// What a reranker's logits go through before they are scores.
package enum ScoreActivation: String, CaseIterable, Sendable {
  case identity, sigmoid, tanh, softmax

  /// The scores of one pair: a number for each label.
  package func callAsFunction(_ logits: [Float]) -> [Float] {
    switch self {
    case .identity: logits
    case .sigmoid: logits.map { 1 / (1 + expf(-$0)) }
    case .tanh: logits.map(tanhf)
    case .softmax: Self.shares(logits)
    }
  }

  /// exp x / Σ exp x
  private static func shares(_ x: [Float]) -> [Float] {
    let largest = x.max() ?? 0
    let powers = x.map { expf($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}

extension ScoreActivation {
  /// The activation that a model's files ask for, who says so, and a warning about it.
  /// - Parameters:
  ///   - settings: config_sentence_transformers.json
  ///   - config: the network's config.json
  static func resolved(
    settings: JSON?, config: JSON?, labels: Int
  ) throws -> (activation: ScoreActivation, origin: String, warning: String?) {
    var places: [(JSON?, String)] = []
    if let settings, let value = try settings.present("activation_fn") {
      places = [(value, "\(lastName(of: settings.name)): activation_fn")]
    }
    if let config { places += try Self.places(in: config) }
    var passedOver: JSON?
    for case (let value?, let origin) in places where !value.isNull {
      if let activation = try named(value.string(), value) {
        return (activation, origin, try warning(passedOver, taken: "\(activation), of \(origin)"))
      }
      passedOver = passedOver ?? value
    }
    let standard: ScoreActivation = labels == 1 ? .sigmoid : .identity
    return (
      standard, "\(labels == 1 ? "one label" : "\(labels) labels"): the default",
      try warning(passedOver, taken: "\(standard), the default")
    )
  }

  /// What a user should know of an activation that is code.
  private static func warning(_ value: JSON?, taken: String) throws -> String? {
    try value.map {
      "\($0.place) is `\(try $0.string())`, which is not PyTorch's own and not run; \(taken), is taken, "
        + "as in sentence-transformers"
    }
  }

  /// Where config.json may keep it, by a later name and the one before 4.0; the later one hides the
  /// other.
  static func places(in config: JSON) throws -> [(value: JSON?, origin: String)] {
    let later = try config.present("sentence_transformers")
    if let later, later.kind == .object, let value = later["activation_fn"] {
      return [(value, "config.json: sentence_transformers.activation_fn")]
    }
    let old = "sbert_ce_default_activation_function"
    return [(try config.present(old), "config.json: \(old)")]
  }

  /// - Returns: `nil` for Python code that is not PyTorch's
  private static func named(_ path: String, _ value: JSON) throws -> ScoreActivation? {
    guard path.hasPrefix("torch.") else { return nil }
    let name = path.split(separator: ".").last.map(String.init) ?? ""
    guard let activation = ScoreActivation(rawValue: name.lowercased()) else {
      throw FileError(
        "\(value.place) is `\(path)`, which is not computed; computed are Identity, Sigmoid, Tanh and "
          + "Softmax")
    }
    return activation
  }
}

extension Reranker {
  /// What a user should know before its scores are used.
  package var notices: [String] { warnings }
}
