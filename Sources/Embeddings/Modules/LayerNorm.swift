import Encoders
import ModelFiles
import Tensors

/// Each text's vector brought to mean 0 and variance 1, then scaled and shifted.
struct LayerNorm: Module {
  private let scale, shift: Tensor
  let info: ModuleInfo

  // PyTorch's, which no file says.
  private static let epsilon: Float = 1e-5

  init(_ folder: ModelFolder, taking input: FeatureShape) throws {
    let width = try input.texts(for: "LayerNorm")
    try folder.object("config.json", for: "says how long vectors are")
      .checkWidth("dimension", is: width)
    let files = try TensorFile(folder: folder.path)
    let weights = Weights(files)["norm"]
    scale = try weights.vector("weight", width)
    shift = try weights.vector("bias", width)
    info = ModuleInfo(summary: "LayerNorm", output: input, weights: files)
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features.values = features.values.layerNorm(scale, shift, epsilon: Self.epsilon)
    return features
  }
}
