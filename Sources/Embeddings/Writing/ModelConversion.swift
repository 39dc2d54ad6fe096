import ModelFiles
package import Tensors

/// A copy of a model directory whose weights are safetensors, perhaps in another format.
package struct ModelConversion {
  /// The files of weights that were written, and the numbers in each.
  package let written: [(file: String, numbers: Int)]

  /// Copies `model` to a folder that is not there yet.
  /// - Parameter format: of all real numbers; as they are stored unless said
  package init(of model: ModelFolder, to path: String, format: FloatFormat? = nil) throws {
    let folder = try NewFolder(path)
    written = try ModelCopy(of: model, into: folder, format: format).written
    guard !written.isEmpty else {
      throw FileError("\(model.path): no weights in it or below; there is nothing to convert")
    }
    try folder.finish()
  }
}
