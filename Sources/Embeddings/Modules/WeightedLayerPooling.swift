import Encoders
import ModelFiles
import Tensors

/// The weighted mean of what the network's layers give for each token.
struct WeightedLayerPooling: FeatureModule {
  private let start: Int
  /// One for each layer from `start` on; `nil` where the network's layers are not handed out.
  private let shares: Tensor?
  let info: ModuleInfo

  static let hasWeights = true
  static let configFile = ConfigFile("config.json", "says which layers are pooled")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "WeightedLayerPooling")
    let json = source.configuration
    try json.checkWidth("word_embedding_dimension", "embedding_dimension", is: width)
    start = try json.int("layer_start", default: 4)
    guard input.layers > 0 else {
      shares = nil
      info = ModuleInfo(
        summary: "WeightedLayerPooling: does nothing", output: input,
        warnings: [
          "\(json.name): WeightedLayerPooling does nothing, as in sentence-transformers, because the "
            + "network's config.json does not say `output_hidden_states: true`"
        ])
      return
    }
    guard (0..<input.layers).contains(start) else {
      throw FileError(
        "\(json.name): `layer_start` is \(start), should be from 0 to \(input.layers - 1), the "
          + "network's last layer")
    }
    shares = try source.weights.vector("layer_weights", input.layers - start)
    info = ModuleInfo(
      summary: "WeightedLayerPooling: layers \(start) to \(input.layers - 1)", output: input,
      requested: .layers)
  }

  func callAsFunction(_ features: Features) -> Features {
    guard let shares else { return features }
    var features = features
    let layers = Array(features.layers.dropFirst(start))
    features.tokenEmbeddings = Tensor.weightedMean(of: layers, shares)
    return features
  }
}
