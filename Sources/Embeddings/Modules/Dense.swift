import Encoders
import ModelFiles
import Tensors

/// A linear layer with an activation, perhaps added to what went in: over texts' vectors, or over
/// tokens' before pooling.
struct Dense: FeatureModule {
  private let weight: Weight
  private let bias: Tensor?
  private let activation: TorchActivation
  private let residual: Residual
  let info: ModuleInfo

  /// What is added to the activation's result.
  private enum Residual {
    case none
    case input
    case projected(Weight)
  }

  static let hasWeights = true
  static let configFile = ConfigFile("config.json", "says how large the layer is")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let json = source.configuration
    // The last layer of a reranker's own head.
    let givesScores =
      try json.present("module_output_name")?.isString("scores") ?? false
      && json.string("module_input_name", default: "sentence_embedding") == "sentence_embedding"
    if givesScores {
      _ = try input.texts(for: "Dense")
    } else {
      try json.checkPlace(of: "Dense", input)
    }
    try json.checkWidth("in_features", is: input.width)
    let outputs = try ModelConfig(json).width("out_features")
    let weights = try source.weights
    weight = try weights["linear"].matrix("weight", outputs, input.width)
    bias =
      try json.bool("bias", default: true) ? try weights["linear"].vector("bias", outputs) : nil
    let (activation, warning) = try TorchActivation.named(
      json, weights["activation_function"], over: input)
    self.activation = activation
    residual =
      if try !json.bool("use_residual", default: false) {
        .none
      } else if outputs == input.width {
        .input
      } else {
        .projected(try weights["residual"].matrix("weight", outputs, input.width))
      }
    var products = [ProductShape(outputs: outputs, inputs: input.width)]
    var summary = "Dense: \(bias == nil ? "without bias" : "with bias"), \(activation.name)"
    if case .none = residual {} else { summary += ", residual" }
    if case .projected = residual { products.append(products[0]) }
    info = ModuleInfo(
      summary: summary, output: givesScores ? .scores(outputs) : input.with(width: outputs),
      products: products,
      warnings: [warning].compactMap { $0 })
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    let owner = info.output.owner
    let x = features[owner]
    var y = activation(x.linear(weight, bias: bias, then: activation.fused))
    switch residual {
    case .none: break
    case .input: y = y.adding(x)
    case .projected(let weight): y = y.adding(x.linear(weight, bias: nil))
    }
    features[owner] = y
    return features
  }
}
