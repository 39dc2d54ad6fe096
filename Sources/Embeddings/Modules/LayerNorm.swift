import Encoders
import ModelFiles
import Tensors

/// Each text's vector brought to mean 0 and variance 1, then scaled and shifted.
struct LayerNorm: FeatureModule {
  private let scale, shift: Tensor
  let info: ModuleInfo

  // PyTorch's default, which no file has.
  private static let epsilon: Float = 1e-5

  static let hasWeights = true
  static let configFile = ConfigFile("config.json", "says how long vectors are")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.texts(for: "LayerNorm")
    try source.configuration.checkWidth("dimension", is: width)
    let weights = try source.weights["norm"]
    scale = try weights.vector("weight", width)
    shift = try weights.vector("bias", width)
    info = ModuleInfo(summary: "LayerNorm", output: input)
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features[.texts] = features[.texts].layerNorm(scale, shift, epsilon: Self.epsilon)
    return features
  }
}
