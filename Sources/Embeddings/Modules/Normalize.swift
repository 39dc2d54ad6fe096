import ModelFiles
import Tensors

/// Each vector at Euclidean length 1. Its folder is often missing, being empty.
struct Normalize: Module {
  let info: ModuleInfo

  init(_ folder: ModelFolder, taking input: FeatureShape) throws {
    // Since 6.0 a file says which vectors, of tokens or of texts; it has lain beside other modules'
    // files of that name before, in the model's own folder.
    let json = try folder.objectIfPresent("config.json")
    if let json, json["module_input_name"] != nil {
      try json.checkPlace(of: "Normalize", input)
    } else {
      _ = try input.texts(for: "Normalize")
    }
    info = ModuleInfo(summary: "Normalize", output: input)
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features.values = features.values.normalizedRows()
    return features
  }
}
