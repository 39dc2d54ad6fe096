import ModelFiles
import Tensors

/// Each vector at Euclidean length 1. Its folder is often missing, being empty.
struct Normalize: FeatureModule {
  let info: ModuleInfo

  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    try entry.folder.objectIfPresent("config.json") ?? .empty(named: entry.folder.path)
  }

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    // Since 6.0 a file says which vectors, of tokens or of texts; before that it may be another module's,
    // files of that name before, in the model's own folder.
    let json = source.configuration
    if json["module_input_name"] != nil || json["module_output_name"] != nil {
      try json.checkPlace(of: "Normalize", input)
    } else {
      _ = try input.texts(for: "Normalize")
    }
    info = ModuleInfo(summary: "Normalize", output: input)
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features[info.output.owner] = features[info.output.owner].normalizedRows()
    return features
  }
}
