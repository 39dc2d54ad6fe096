/// The tensors of one folder, whichever file format holds them.
package struct TensorFile: Sendable {
  /// The files that are mapped, those without a tensor included.
  package let files: [MappedFile]
  /// By name, in the order of their UTF-8 bytes.
  private let tensors: [RawTensor]

  /// Ways to store tensors, by the file each is known by; the first that is there is read.
  static let formats: [(file: String, read: @Sendable (_ path: String) throws -> StoredTensors)] = [
    ("model.safetensors", Safetensors.read),
    (
      "model.safetensors.index.json",
      { try ShardIndex.read($0, ending: "safetensors", Safetensors.read) }
    ),
    ("pytorch_model.bin", TorchFile.read),
    ("pytorch_model.bin.index.json", { try ShardIndex.read($0, ending: "bin", TorchFile.read) }),
  ]

  /// In one model, whatever its format: what lists of names and places may cost.
  static let mostTensors = 100_000
  static let mostDimensions = 8

  /// Files that hold tensors in ways that are not read.
  static let foreign = ["tf_model.h5", "flax_model.msgpack", "rust_model.ot", "onnx", "openvino"]
  private static let foreignEndings = [".onnx", ".gguf", ".ggml", ".ckpt", ".pt", ".mlpackage"]

  /// Whether a folder holds tensors in a way that is read.
  package static func isStored(in folder: String) throws -> Bool {
    try formats.contains { try fileExists(path(folder, $0.file)) }
  }

  /// Opens the tensors of `folder` and checks their layout; no element is read.
  package init(folder: String) throws {
    guard
      let format = try Self.formats.first(where: { try fileExists(path(folder, $0.file)) })
    else { throw try Self.nothing(in: folder) }
    try self.init(format.read(path(folder, format.file)))
  }

  /// No file and no tensor: of a module that has none.
  package init() { (files, tensors) = ([], []) }

  /// Tensors of files that are open, by the names that they have here.
  package init(_ tensors: [String: RawTensor], of files: [MappedFile]) {
    self.files = files
    self.tensors = tensors.map { $1.renamed($0) }
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Opens one safetensors file, whatever its name.
  package init(safetensors path: String) throws { try self.init(Safetensors.read(path)) }

  /// Opens one file that `torch.save` wrote, whatever its name.
  package init(torch path: String) throws { try self.init(TorchFile.read(path)) }

  /// The same with tensors of another file in the place of those of the same names, or beside them.
  /// - Parameter tensors: by the names that they have here
  package func replacing(_ tensors: [String: RawTensor], of file: TensorFile) throws -> TensorFile {
    let kept = self.tensors.filter { tensors[$0.name] == nil }
    return try TensorFile(
      StoredTensors(
        tensors: kept + tensors.map { $1.renamed($0) }, files: files + file.files))
  }

  private init(_ stored: StoredTensors) throws {
    files = stored.files
    tensors = stored.tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    try checkWrapper()
    for (tensor, next) in zip(tensors, tensors.dropFirst())
    where tensor.name.utf8.elementsEqual(next.name.utf8) {
      throw FileError("\(next.file.path): tensor `\(legible(next.name))` is there twice")
    }
  }

  /// What PyTorch puts before the names of a model that was saved inside another object.
  private static let wrappers = [
    "_orig_mod.": "torch.compile", "module.": "DataParallel", "_fsdp_wrapped_module.": "FSDP",
    "_forward_module.": "Lightning", "0.auto_model.": "a whole SentenceTransformer",
    "0.model.": "a whole SentenceTransformer",
  ]

  /// Refuses tensors that all have the name of a wrapper before theirs.
  private func checkWrapper() throws {
    guard let first = tensors.first, let last = tensors.last else { return }
    // Names are sorted, so all between two with the same start have it too.
    for (start, wrapper) in Self.wrappers
    where first.name.hasPrefix(start) && last.name.hasPrefix(start) {
      throw FileError(
        "\(first.file.path): the name of every tensor begins with `\(start)`, as \(wrapper) saves a "
          + "model; save the model inside it, or take `\(start)` off the names")
    }
  }

  /// The names of all tensors, in the order of their UTF-8 bytes.
  package var names: [String] { tensors.map(\.name) }

  /// The tensor whose name has the same UTF-8 bytes.
  package subscript(_ name: String) -> RawTensor? {
    var low = 0
    var high = tensors.count
    while low < high {
      let middle = low + (high - low) / 2
      if tensors[middle].name.utf8.lexicographicallyPrecedes(name.utf8) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    guard low < tensors.count, tensors[low].name.utf8.elementsEqual(name.utf8) else { return nil }
    return tensors[low]
  }

  /// Throws when a file lost its end since it was opened; ask after the last byte was read.
  package func checkIntact() throws { for file in files { try file.checkIntact() } }

  private static func nothing(in folder: String) throws -> FileError {
    let known = formats.map { "`\($0.file)`" }.joined(separator: ", ")
    guard try fileExists(folder) else { return FileError("\(folder) does not exist") }
    let names = try folderEntries(folder)
    if let file = names.first(where: { name in
      foreign.contains(name) || foreignEndings.contains { name.hasSuffix($0) }
    }) {
      return FileError(
        "\(path(folder, file)) is in a format that is not read; "
          + "read is \(known): save the model as safetensors")
    }
    return FileError("\(folder) has no tensors: looked for \(known)")
  }
}

/// What a format finds: its tensors in any order, and the files that hold them.
struct StoredTensors {
  let tensors: [RawTensor]
  let files: [MappedFile]
}

/// The path of a file in a folder.
private func path(_ folder: String, _ file: String) -> String {
  folder.utf8.last == UInt8(ascii: "/") ? folder + file : "\(folder)/\(file)"
}
