import Encoders
import ModelFiles
import Tensors

/// Layers of an LSTM over each text's tokens, in one direction or both.
struct LSTM: FeatureModule {
  /// One direction of a layer.
  private struct Direction {
    let isBackward: Bool
    /// `[4H, E]` and `[4H, H]`: the gates for input, forgetting, cell and output.
    let input, recurrent: Weight
    let inputBias, recurrentBias: Tensor

    func callAsFunction(_ x: Tensor, _ layout: SequenceLayout) -> Tensor {
      x.linear(input, bias: inputBias).recurred(
        recurrent, bias: recurrentBias, over: layout, backwards: isBackward)
    }
  }

  private let layers: [[Direction]]
  let info: ModuleInfo

  // Far more than was ever trained; a file's word decides how many names are looked for.
  private static let mostLayers = 1024

  static let hasWeights = true
  static let configFile = ConfigFile("lstm_config.json", "says how large the network is")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "LSTM")
    let json = source.configuration
    try json.checkWidth("word_embedding_dimension", "embedding_dimension", is: width)
    let config = try ModelConfig(json)
    let hidden = try config.width("hidden_dim")
    let depth = try config.count("num_layers", default: 1)
    guard depth <= Self.mostLayers else {
      throw FileError("\(json.name): `num_layers` is \(depth); at most \(Self.mostLayers) are read")
    }
    let isTwoWay = try json.bool("bidirectional", default: true)
    // Each step is a product of its own, for which nothing should be raised.
    let weights = try source.weights["encoder"].with(storedFrom: .max)
    let ways = isTwoWay ? [false, true] : [false]
    layers = try (0..<depth).map { layer in
      let inputs = layer == 0 ? width : hidden * ways.count
      return try ways.map { isBackward in
        let name = "l\(layer)" + (isBackward ? "_reverse" : "")
        return Direction(
          isBackward: isBackward,
          input: try weights.matrix("weight_ih_\(name)", 4 * hidden, inputs),
          recurrent: try weights.matrix("weight_hh_\(name)", 4 * hidden, hidden),
          inputBias: try weights.vector("bias_ih_\(name)", 4 * hidden),
          recurrentBias: try weights.vector("bias_hh_\(name)", 4 * hidden))
      }
    }
    info = ModuleInfo(
      summary: "LSTM: \(depth) \(depth == 1 ? "layer" : "layers"), \(hidden) wide"
        + (isTwoWay ? ", both ways" : ""),
      output: .tokens(hidden * ways.count, vocabulary: input.vocabulary),
      products: layers.flatMap { $0 }.flatMap {
        [$0.input, $0.recurrent].map { ProductShape(outputs: $0.outputs, inputs: $0.inputs) }
      })
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features.tokenEmbeddings = layers.reduce(features.tokenEmbeddings) { x, layer in
      Tensor.concatenate(layer.map { $0(x, features.layout) })
    }
    return features
  }
}
