import Encoders
import ModelFiles
import Tensors

/// The head of a masked language model: token vectors → those that the vocabulary is compared with.
/// The numbers themselves, V for each token, are never there together; who reads them makes them.
struct VocabularyLogits: FeatureModule {
  private let head: VocabularyHead
  let info: ModuleInfo

  static let hasWeights = true

  /// The network's config.json.
  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    try Transformer.configuration(entry)
  }

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "VocabularyLogits")
    head = try VocabularyHeads.masked(
      ModelConfig(source.configuration), source.networkWeights, words: source.words)
    var output = FeatureShape.tokens(width, vocabulary: input.vocabulary)
    output.logits = head.vocabulary
    info = ModuleInfo(
      summary: "VocabularyLogits: a masked language model's, \(head.vocabulary) entries",
      output: output, products: head.products)
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features.tokenEmbeddings = head.transformed(features.tokenEmbeddings)
    features.vocabulary = head
    return features
  }
}
