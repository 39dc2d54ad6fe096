package import Encoders
package import ModelFiles
package import Tensors
package import Vectors

/// A model directory with other numbers in its tensors, in the layout that it has; that of a plain
/// network becomes one of sentence-transformers.
package struct TrainedModel {
  private let start: TextModel
  /// What vectors are compared by, where training has changed it.
  private let similarity: Similarity?

  /// - Parameters:
  ///   - start: the model whose files are copied
  ///   - similarity: what vectors are compared by; `nil` for as the start model's
  package init(_ start: TextModel, similarity: Similarity? = nil) {
    self.start = start
    self.similarity = similarity == start.similarity ? nil : similarity
  }

  /// Of a loss' own weights, beside the model.
  package static let lossFile = "loss.safetensors"

  // Files of earlier runs, which say nothing of this one; what was recorded of other numbers.
  static let left: Set<String> = [
    "README.md", "eval/", "golden.jsonl", "log.jsonl", "loss.svg", "recipe.json", "runs/",
    "state/", "checkpoint-*", "rng_state*", "scheduler.pt", "trainer_state.json",
  ]

  /// Writes the model's files but its card; the sums of the weights are left to the folder.
  /// - Parameters:
  ///   - trained: by the names that `ModelSource.pipelines(trained:)` has for them; other tensors are
  ///     copied. All real numbers are stored as float32
  ///   - lossWeights: a loss' own
  package func write(
    _ trained: TrainedTensors, lossWeights: [(name: String, tensor: Tensor)] = [],
    to folder: any FolderWriting
  ) throws {
    let plain = PlainNetwork(start)
    let copy = try ModelCopy(
      of: start.folder, into: folder, format: .float32, trained: trained,
      changes: .init(
        left: Self.left.union(plain == nil ? [] : PlainNetwork.replaced),
        rewritten: { try rewritten($0, $1) }))
    if let lost = trained.names.subtracting(copy.used).min() {
      throw FileError(
        "\(start.folder.path): tensor `\(lost)` was trained, and no file that is copied holds it")
    }
    if let plain {
      try folder.write(ModuleList.fileName, plain.writeModules(to: folder).bytes)
      try plain.writeSettings(to: folder, similarity: similarity)
    }
    if !lossWeights.isEmpty {
      try folder.writeSafetensors(Self.lossFile, lossWeights.map(NewTensor.init(_:_:)))
    }
  }

  /// A configuration that says what is true of the copy; `nil` where it does so already.
  private func rewritten(_ name: String, _ path: String) throws -> [UInt8]? {
    if let limit, try name == settingsFile {
      return try Self.read(path).replacing([("max_seq_length", .int(limit))]).lines
    }
    if let similarity, name == TextModel.settingsName {
      return try Self.read(path).replacing([
        ("similarity_fn_name", .string(similarity.rawValue))
      ]).lines
    }
    let folder = name.contains("/") ? "/" + enclosingFolder(of: name) : ""
    guard lastName(of: name) == "config.json",
      try TensorFile.isStored(in: start.folder.path + folder)
    else { return nil }
    let config = try Self.read(path)
    // transformers raises or rounds weights to what the file says.
    let types = try ["torch_dtype", "dtype"].filter { try config.present($0) != nil }
    return types.isEmpty ? nil : try config.replacing(types.map { ($0, "float32") }).lines
  }

  private static func read(_ path: String) throws -> JSON {
    try JSON(file: path, limit: FileLimit.configuration).object()
  }

  /// The limit that was asked for: what the model has learned, it has learned of texts so long.
  private var limit: Int? {
    start.options.maximumLength.flatMap { _ in start.pipelines.values.first?.limit }
  }

  /// The file of the first module that names its limit, relative to the model's folder; `nil` where
  /// none does, or where it counts other tokens, as before 0.3.
  private var settingsFile: String? {
    get throws {
      let entry = try start.list.first(nil)
      guard entry.isNetwork, entry.formerType == nil else { return nil }
      return try TransformerSettings.file(of: entry).map { start.list.relative(entry.folder) + $0 }
    }
  }
}

extension JSON {
  /// The object as a file, each member on a line.
  var lines: [UInt8] {
    get throws {
      JSONValue.object(try members.map { (try $0.key.string(), JSONValue($0.value)) }).file
    }
  }
}

extension NewTensor {
  /// A tensor as float32.
  package init(_ name: String, _ tensor: Tensor) {
    self.init(name, .f32, tensor.shape) { append in
      try tensor.withFloats { try append(UnsafeRawBufferPointer($0)) }
    }
  }
}
