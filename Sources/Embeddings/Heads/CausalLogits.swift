import Encoders
import ModelFiles
import Tensors

/// The head of a causal language model, of which a reranker reads the numbers of a token or two after
/// the last one of a text.
struct CausalLogits: FeatureModule {
  private let head: VocabularyHead
  let info: ModuleInfo

  static let hasWeights = true

  /// The network's config.json.
  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    try Transformer.configuration(entry)
  }

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "CausalLogits")
    head = try VocabularyHeads.causal(
      ModelConfig(source.configuration), source.networkWeights, words: source.words)
    var output = FeatureShape.tokens(width, vocabulary: input.vocabulary)
    output.logits = head.vocabulary
    info = ModuleInfo(
      summary: "CausalLogits: a causal language model's, \(head.vocabulary) entries",
      output: output, requested: .last)
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features.tokenEmbeddings = head.transformed(features.tokenEmbeddings)
    features.vocabulary = head
    return features
  }
}
