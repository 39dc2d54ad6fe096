import ModelFiles

/// How much a head that gives labels leaves out while it is trained, as transformers 5.23 has it: of
/// the token that it looks at, and of what its last layer takes.
package struct HeadDropout: Sendable, Equatable {
  package var input: Float = 0
  package var output: Float = 0

  /// Whether nothing is left out with this rate, if there is one, in the place of these.
  package func isNone(replacedBy rate: Float?) -> Bool {
    (input == 0 || rate == 0) && (output == 0 || rate == 0)
  }

  /// - Throws: where a rate is none
  package init(_ config: ModelConfig) throws {
    guard let keys = Self.keys[try Architectures.name(config)] else { return }
    input = try keys.input.map { try config.share($0) } ?? 0
    output = try keys.output.map { try config.share($0) } ?? 0
  }

  /// A key of config.json, another that counts where the file lacks it, and the rate of neither.
  fileprivate struct Key: Sendable {
    let name: String
    var other: String?
    let rate: Double
  }

  private typealias Keys = (input: Key?, output: Key?)

  private static let hidden = Key(name: "hidden_dropout_prob", rate: 0.1)
  private static let classifier = Key(
    name: "classifier_dropout", other: "hidden_dropout_prob", rate: 0.1)
  private static let deberta: Keys = (
    Key(name: "pooler_dropout", rate: 0),
    Key(name: "cls_dropout", other: "hidden_dropout_prob", rate: 0.1)
  )
  private static let xlm: Keys = (Key(name: "summary_first_dropout", rate: 0.1), nil)

  /// By the names of `ClassificationHeads.known`; decoders have none.
  private static let keys: [String: Keys] = [
    "albert": (nil, Key(name: "classifier_dropout_prob", rate: 0.1)),
    "bert": (nil, classifier),
    "camembert": (classifier, classifier),
    "deberta": deberta,
    "deberta-v2": deberta,
    "distilbert": (nil, Key(name: "seq_classif_dropout", rate: 0.2)),
    "electra": (classifier, classifier),
    "ernie": (nil, classifier),
    "flaubert": xlm,
    "gte": (nil, classifier),
    "modernbert": (nil, Key(name: "classifier_dropout", rate: 0)),
    "mpnet": (hidden, hidden),
    "new": (nil, classifier),
    "roberta": (classifier, classifier),
    "xlm": xlm,
    "xlm-roberta": (classifier, classifier),
    "xlnet": (nil, Key(name: "summary_last_dropout", rate: 0.1)),
  ]
}

extension HeadDropout {
  /// The networks whose heads have one.
  static var known: Set<String> { Set(keys.keys) }
}

extension ModelConfig {
  /// A number from 0 to 1.
  fileprivate func share(_ key: HeadDropout.Key) throws -> Float {
    let other = try key.other.map { try json.double($0, default: key.rate) } ?? key.rate
    let value = try json.double(key.name, default: other)
    guard (0...1).contains(value) else {
      throw FileError("\(json.name): `\(key.name)` should be between 0 and 1, is \(value)")
    }
    return Float(value)
  }
}
