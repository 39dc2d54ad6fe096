import Encoders
import ModelFiles

/// An adapter in a model's folder, and the model whose weights it changes.
package struct Adaptation: Sendable {
  package let adapter: AdapterFolder
  /// The folder of the base: its config.json and weights count, and nothing else of it.
  package let base: String

  /// Files of the folder that are not in what both make.
  static let replaced: Set<String> = [AdapterFolder.settings, "config.json"]

  /// - Returns: `nil` where the folder holds no adapter
  init?(
    in path: String, _ files: ConfigurationFiles, _ findingBase: ModelFolder.BaseFinder
  ) throws {
    let settings = "\(path)/\(AdapterFolder.settings)"
    guard try fileExists(settings) else { return nil }
    adapter = try AdapterFolder(path, json: files.json(settings, limit: FileLimit.configuration))
    guard let name = try adapter.base, !name.isEmpty else {
      throw FileError(
        "\(settings): `base_model_name_or_path` is missing, which names the model that the adapter "
          + "changes; add it")
    }
    do {
      base = try findingBase(name)
    } catch let error as FileError {
      throw FileError(
        "\(settings): the base of the adapter, `\(name)`, is not found: \(error.description)")
    }
    guard try !fileExists("\(base)/\(AdapterFolder.settings)") else {
      throw FileError(
        "\(settings): the base of the adapter, \(base), holds an adapter itself; merge that first "
          + "(`embed convert --merge`), and name what comes of it in `base_model_name_or_path`")
    }
  }

  /// What it is, in a line.
  package var summary: String {
    get throws {
      let kind = try adapter.json.flag("use_dora", default: false) ? "DoRA" : "LoRA"
      return "\(kind) of rank \(try adapter.rank), merged into \(try adapter.base ?? "") (\(base))"
    }
  }

  /// The base's weights with the adapter's changes.
  func weights() throws -> Weights {
    try AdaptedWeights(adapter, of: TensorFile(folder: base), in: base).weights()
  }
}

extension ModelFolder {
  /// The base of an adapter where it is a path and no name that somebody knows.
  package static func namedFolder(_ name: String) throws -> String {
    guard try isDirectory(name) else { throw FileError("there is no folder `\(name)`") }
    return name
  }

  /// The path of the network's config.json: with an adapter, of its base.
  var networkConfiguration: String {
    let name = "config.json"
    return adapter.map { "\($0.base)/\(name)" } ?? path(of: name)
  }

  /// The network's config.json, which must be there.
  /// - Parameter purpose: what the file is for, for the error where it is missing
  func network(for purpose: String) throws -> JSON {
    guard try files.has(networkConfiguration) else {
      throw FileError("\(adapter?.base ?? path): no config.json, which \(purpose)")
    }
    return try files.json(networkConfiguration, limit: FileLimit.configuration).object()
  }

  /// The tensors in the folder, or those that its adapter makes of its base's.
  func weights() throws -> Weights {
    if let (model, folder) = gguf { return try model.weights(of: folder) }
    if let adapter { return try adapter.weights() }
    let stored = try TensorFile(folder: path)
    if let tasks = try TaskAdapters(stored, in: self) { return try tasks.weights(task) }
    guard task == nil else {
      throw FileError("\(path): the weights have no adapters for tasks; leave out --task")
    }
    return Weights(stored)
  }
}
