import ModelFiles
import Tensors

/// Each token's vector times the weight of its word, an inverse document frequency say.
struct WordWeights: FeatureModule {
  /// Constants in training too: what sentence-transformers learns of them is lost when it saves, as
  /// it reads config.json.
  private let weights: [Float]
  let info: ModuleInfo

  static let configFile = ConfigFile("config.json", "says what words weigh")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    _ = try input.tokens(for: "WordWeights")
    let json = source.configuration
    guard let vocabulary = input.vocabulary else {
      throw FileError(
        "\(json.name): WordWeights stands where rows are no longer those of words; it stands "
          + "behind WordEmbeddings")
    }
    // The same numbers are in model.safetensors, which sentence-transformers does not read.
    weights = try WeightedWords(json).weights
    guard weights.count >= vocabulary else {
      throw FileError(
        "\(json.name): `vocab` has \(weights.count) words, but there are \(vocabulary) vectors of "
          + "words; they are not of the same model")
    }
    info = ModuleInfo(summary: "WordWeights: of \(weights.count) words", output: input)
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    let layout = features.layout
    let factors = layout.weights(features.ids, weights)
    features.tokenEmbeddings = features.tokenEmbeddings.scaledRows(by: factors)
    features.weightSums = (0..<layout.count).map { factors[layout[$0]].reduce(0, +) }
    return features
  }
}
