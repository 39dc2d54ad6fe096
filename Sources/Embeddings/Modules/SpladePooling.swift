import Encoders
import ModelFiles
import Tensors
import Vectors

/// A number for each entry of a vocabulary: the largest, or the sum, of what the tokens say to it,
/// damped by logarithms.
struct SpladePooling: FeatureModule {
  private let pooling: VocabularyPooling
  let info: ModuleInfo

  static let configFile = ConfigFile("config.json", "says how numbers of tokens become one")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let json = source.configuration
    let vocabulary = try input.logits(for: "SpladePooling", task: .maskedLanguage, json)
    let strategy = try json.string("pooling_strategy", default: "max")
    let activation = try json.string("activation_function", default: "relu")
    guard let reduction = Self.reductions[strategy] else {
      throw FileError("\(json.name): `pooling_strategy` is `\(strategy)`, should be max or sum")
    }
    guard let logarithms = ["relu": 1, "log1p_relu": 2][activation] else {
      throw FileError(
        "\(json.name): `activation_function` is `\(activation)`, should be relu or log1p_relu")
    }
    pooling = VocabularyPooling(reduction: reduction, logarithms: logarithms)
    let warnings = try ["embedding_dimension", "word_embedding_dimension"].compactMap { key in
      try json.present(key)?.int() == vocabulary || json.present(key) == nil
        ? nil
        : "\(json.name): `\(key)` is not \(vocabulary), the entries of the vocabulary; not used"
    }
    info = ModuleInfo(
      summary: "SpladePooling: \(strategy), "
        + (logarithms == 2 ? "twice log(1 + x)" : "log(1 + x)"),
      output: .sparse(vocabulary), warnings: warnings)
  }

  private static let reductions: [String: VocabularyPooling.Reduction] = [
    "max": .max, "sum": .sum,
  ]

  // All of a batch's numbers would be more than anything else in it: a quarter of a million for a text.
  private static let mostNumbers = 1 << 23

  func callAsFunction(_ features: Features) -> Features {
    guard let head = features.vocabulary else { preconditionFailure("no head") }
    var features = features
    if features.training != nil {
      // A loss looks at all numbers of a batch.
      features.sentenceEmbedding = head.pooled(
        features.tokenEmbeddings, features.layout, by: pooling)
      return features
    }
    let count = features.layout.count
    let share = max(1, Self.mostNumbers / max(1, head.vocabulary))
    let rows = stride(from: 0, to: count, by: share).flatMap { start in
      let part = SparseMatrix(
        compressing: head.pooled(
          features.tokenEmbeddings, features.layout, by: pooling,
          sequences: start..<min(start + share, count)))
      return (0..<part.rows).map { part[$0] }
    }
    features.sparse = SparseMatrix(columns: head.vocabulary, rows)
    return features
  }
}
