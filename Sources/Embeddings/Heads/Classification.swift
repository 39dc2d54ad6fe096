import Encoders
import ModelFiles
import Tensors

/// Token vectors → a number for each label, by the head that a network was saved with.
struct Classification: FeatureModule {
  private let head: ClassificationHead
  let info: ModuleInfo

  static let hasWeights = true

  /// The network's config.json.
  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    try Transformer.configuration(entry)
  }

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    _ = try input.tokens(for: "Classification")
    let config = try ModelConfig(source.configuration)
    head = try ClassificationHeads.head(config, source.networkWeights)
    let (labels, width) = (head.labels, input.width)
    let tokens =
      switch head.tokens {
      case .first: "the first token"
      case .last: "the last token"
      case .mean: "the mean of the tokens"
      }
    info = ModuleInfo(
      summary: "Classification: \(labels) \(labels == 1 ? "label" : "labels") of \(tokens), "
        + "\(width) wide",
      output: .scores(labels), products: head.products, requested: try Self.requested(head, config)
    )
  }

  private static func requested(
    _ head: ClassificationHead, _ config: ModelConfig
  ) throws -> RequestedStates {
    switch head.tokens {
    case .first: .first
    case .mean: .all
    case .last:
      // A text that itself ends with padding's token is read one earlier, as transformers has it.
      try config.json.present("pad_token_id").map {
        .lastOther(than: Int32(truncatingIfNeeded: try $0.int()))
      } ?? .last
    }
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    let (x, layout) = (features.tokenEmbeddings, features.layout)
    let rows =
      if case .mean = head.tokens {
        x.mean(over: layout)
      } else {
        x.rows(at: info.requested.rows(layout, features.ids), as: layout.pooled)
      }
    features.sentenceEmbedding = head(rows)
    return features
  }
}
