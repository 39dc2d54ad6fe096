import ModelFiles
import Tensors

/// Each text's vector at Euclidean length 1. Its folder is often missing, being empty.
struct Normalize: Module {
  let output: Rows
  let summary = "Normalize"

  init(_ folder: ModelFolder, taking input: Rows) throws {
    guard case .texts = input else {
      throw FileError("\(ModuleEntry.fileName): Normalize stands before Pooling; swap them")
    }
    output = input
  }

  func callAsFunction(_ features: Features) -> Features {
    var features = features
    features.values = features.values.normalizedRows()
    return features
  }
}
