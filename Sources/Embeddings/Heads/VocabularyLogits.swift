import Encoders
import ModelFiles
import Tensors

/// The head of a language model: token vectors → those that the vocabulary is compared with. The
/// numbers themselves, V for each token, are never there together; who reads them makes them.
struct VocabularyLogits<Model: LanguageModel>: FeatureModule {
  private let head: VocabularyHead
  let info: ModuleInfo

  static var hasWeights: Bool { true }

  /// The network's config.json.
  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    try Transformer.configuration(entry)
  }

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "VocabularyLogits")
    head = try Model.head(
      ModelConfig(source.configuration), source.networkWeights, words: source.words)
    var output = FeatureShape.tokens(width, vocabulary: input.vocabulary)
    output.logits = head.vocabulary
    info = Model.info(head, output)
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features.tokenEmbeddings = head.transformed(features.tokenEmbeddings)
    features.vocabulary = head
    return features
  }
}

/// A kind of language model, which decides on the head and on what is read of it.
protocol LanguageModel {
  /// The head as the files describe it.
  /// - Parameter words: the network's table of words, where it is at hand
  static func head(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead
  /// What is told of the head.
  /// - Parameter output: what it gives
  static func info(_ head: VocabularyHead, _ output: FeatureShape) -> ModuleInfo
}

/// A masked one, of which SPLADE reads the numbers of all tokens.
enum MaskedLanguageModel: LanguageModel {
  static func head(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    try VocabularyHeads.masked(config, weights, words: words)
  }

  static func info(_ head: VocabularyHead, _ output: FeatureShape) -> ModuleInfo {
    ModuleInfo(
      summary: "VocabularyLogits: a masked language model's, \(head.vocabulary) entries",
      output: output, products: head.products)
  }
}

/// A causal one, of which a reranker reads the numbers of a token or two after the last one of a text.
enum CausalLanguageModel: LanguageModel {
  static func head(
    _ config: ModelConfig, _ weights: Weights, words: Tensor?
  ) throws -> VocabularyHead {
    try VocabularyHeads.causal(config, weights, words: words)
  }

  static func info(_ head: VocabularyHead, _ output: FeatureShape) -> ModuleInfo {
    ModuleInfo(
      summary: "CausalLogits: a causal language model's, \(head.vocabulary) entries",
      output: output, requested: .last)
  }
}
