import Encoders
import ModelFiles
import Tensors

/// Token vectors → a number for each label, by the head that a network was saved with.
struct Classification: FeatureModule {
  private let head: ClassificationHead
  let dropout: HeadDropout
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
    dropout = try HeadDropout(config)
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
      output: .scores(labels), products: head.products, requested: Self.requested(head))
  }

  private static func requested(_ head: ClassificationHead) -> RequestedStates {
    switch head.tokens {
    case .first: .first
    case .mean: .all
    // A text that itself ends with padding's token is read one earlier, as transformers has it.
    case .last: head.padding.map { .lastOther(than: $0) } ?? .last
    }
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    let (pass, layout) = (features.training, features.layout.pooled)
    features.sentenceEmbedding = head(
      head.pooled(features.tokenEmbeddings, features.layout, ids: features.ids)
    ) { x, site in
      let rate = site == .headInput ? dropout.input : dropout.output
      return x.dropped(pass?.dropout(module: rate, at: site), layout)
    }
    return features
  }
}
