import Encoders
import ModelFiles
import Tensors

/// A text's vector → many numbers of which the largest stay (CSR): who reads them keeps `kept`.
struct SparseAutoEncoder: FeatureModule {
  private let weight: Weight
  /// Added to the vector, and to the product.
  private let before, bias: Tensor
  private let standardizes: Bool
  /// How many numbers stay where no other number is asked for.
  let kept: Int
  let info: ModuleInfo

  static let hasWeights = true
  static let configFile = ConfigFile("config.json", "says how large the layer is")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let json = source.configuration
    let width = try input.texts(for: "SparseAutoEncoder")
    try json.checkWidth("input_dim", is: width)
    let config = try ModelConfig(json)
    let outputs = try config.width("hidden_dim", default: 512)
    kept = try config.count("k", default: 8)
    standardizes = try json.bool("normalize", default: false)
    let weights = try source.weights
    // The two were one to begin with, and are saved once.
    weight = try weights.matrix(
      weights.has("encoder.weight") ? "encoder.weight" : "decoder.linear.weight", outputs, width)
    before = try weights.vector("pre_bias", width).scaled(by: -1)
    bias = try weights.vector("latent_bias", outputs)
    info = ModuleInfo(
      summary: "SparseAutoEncoder: the \(kept) largest of \(outputs)"
        + (standardizes ? ", standardized" : ""),
      output: .sparse(outputs), products: [ProductShape(outputs: outputs, inputs: width)])
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    var x = features[.texts]
    if standardizes { x = x.standardizedRows(epsilon: Self.epsilon) }
    // Of a number below 0 nothing stays, among the largest or not.
    features.sentenceEmbedding = x.adding(toEachRow: before).linear(
      weight, bias: bias, then: .relu)
    return features
  }

  // Beside σ, as the reference has it.
  private static let epsilon = 1e-5
}
