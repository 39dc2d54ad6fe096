import Encoders
package import ModelFiles
import Tensors

/// A model in the making that is to learn from another: one whose network has some of a model's
/// layers only, or whose vectors go through one more Dense.
package struct StudentModel {
  private let start: TextModel
  private let layers: KeptLayers?
  /// E, the numbers of its vectors before that Dense.
  package let width: Int

  /// - Parameter layers: the numbers of those that it keeps; all by default
  /// - Throws: for a model that is not trained, and layers that are not there or cannot be left out
  package init(of start: TextModel, keeping layers: [Int]? = nil) throws {
    try TrainableModel.check(start)
    self.start = start
    let pipeline = try TrainableNetwork.pipeline(start)
    width = pipeline.width
    self.layers = try layers.map { layers in
      let entry = try start.list.first(nil)
      guard let network = pipeline.input as? Transformer else {
        throw FileError(
          "\(start.folder.path): begins with a \(entry.kind), which has no layers to keep; leave out "
            + "--keep-layers")
      }
      return try KeptLayers(
        layers, of: ModelConfig(Transformer.configuration(entry)), depth: network.encoder.depth)
    }
  }

  /// Writes the model.
  /// - Parameter dense: what comes behind its modules
  package func write(ending dense: NewDense? = nil, to folder: any FolderWriting) throws {
    let plain = dense == nil ? nil : PlainNetwork(start)
    guard try dense == nil || plain != nil || start.folder.has(ModuleList.fileName) else {
      throw FileError(
        "\(start.folder.path): a model of model2vec without modules.json, to which no module can be "
          + "added")
    }
    var left = TrainedModel.left
    if dense != nil {
      left.formUnion(plain == nil ? [ModuleList.fileName] : PlainNetwork.replaced)
    }
    let prefix = try start.list.relative(start.list.first(nil).folder)
    _ = try ModelCopy(
      of: start.folder, into: folder,
      changes: .init(
        left: left,
        rewritten: { name, path in
          guard let layers, name == prefix + "config.json" else { return nil }
          return try JSON(file: path, limit: FileLimit.configuration).object()
            .replacing(layers.changes).lines
        },
        renamed: { name in
          // Other modules' tensors have their folders before them.
          guard let layers, name.hasPrefix(prefix), !name.dropFirst(prefix.count).contains("/")
          else { return name }
          return layers.name(of: String(name.dropFirst(prefix.count))).map { prefix + $0 }
        }))
    guard let dense else { return }
    var modules =
      try plain?.writeModules(to: folder) ?? ModulesFile(start.list, start.folder)
    try plain?.writeSettings(to: folder)
    try dense.write(to: folder, as: modules.append("Dense"), isLate: modules.isLate)
    try folder.write(ModuleList.fileName, modules.bytes)
  }
}
