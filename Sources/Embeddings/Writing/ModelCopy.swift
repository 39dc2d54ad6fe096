import Encoders
import ModelFiles
package import Tensors

/// The files of a model directory in another folder, weights as safetensors, perhaps in another
/// format or with other numbers.
struct ModelCopy {
  /// What becomes of the files that are not weights.
  struct Changes {
    /// Files that are not copied, relative to the model's folder, and folders, with a slash at
    /// their ends. A star at the end of a name is any ending.
    var left: Set<String> = []
    /// The new bytes of a file by its name and its path; `nil` where it is copied as it is.
    var rewritten: (_ name: String, _ path: String) throws -> [UInt8]? = { _, _ in nil }
    /// A tensor's name in the copy, the path of its folder before it; `nil` where it is left out.
    var renamed: (_ name: String) -> String? = { $0 }
  }

  /// The files of weights that were written, and the numbers in each.
  private(set) var written: [(file: String, numbers: Int)] = []
  /// The names of the trained tensors that were written.
  private(set) var used: Set<String> = []

  private let format: FloatFormat?
  private let changes: Changes
  private let trained: TrainedTensors
  /// Matrices that take the place of the tensors that they were made of, by the folder of the weights.
  private let matrices: [String: [KeptMatrix]]
  /// The folders of modules, relative to the model's; others may hold anything.
  private let modules: [String: ModelFolder]
  private let folder: any FolderWriting
  private let links: ModelLinks

  /// - Parameters:
  ///   - format: of all real numbers; by default as they are stored
  ///   - trained: what training has made of tensors, by their names in the files, and before them the
  ///     path of their folder
  ///   - matrices: in the place of the tensors that they were made of, by the paths of their folders
  init(
    of model: ModelFolder, into folder: any FolderWriting, format: FloatFormat? = nil,
    trained: TrainedTensors = TrainedTensors(), matrices: [String: [KeptMatrix]] = [:],
    changes: Changes = Changes()
  ) throws {
    try model.checkIsCopied()
    modules = try ModuleList(model).folders
    (self.format, self.changes, self.folder) = (format, changes, folder)
    (self.trained, self.matrices) = (trained, matrices)
    links = try ModelLinks(of: model.path)
    try copy(model.path, as: "", depth: 0)
  }

  // Modules are one or two folders down; what is deeper is no module's, or a link in a circle.
  private static let deepest = 4

  // Weights in other forms, and what other programs keep of a model; the adapter that weights were
  // made with, which is of another base.
  private static let leftEndings = [
    ".bin", ".safetensors", ".index.json", ".h5", ".msgpack", ".ot", ".onnx", ".gguf", ".pt",
    ".part",
  ]
  private static let leftFolders = ["onnx", "openvino", "adapter"]
  // The heads of bge-m3, which are read from these files only.
  private static let keptHeads = ["sparse_linear.pt", "colbert_linear.pt"]

  private mutating func copy(_ source: String, as name: String, depth: Int) throws {
    let prefix = name.isEmpty ? "" : name + "/"
    let own = modules[name]
    for entry in try folderEntries(source) where !entry.hasPrefix(".") {
      let path = "\(source)/\(entry)"
      if try isDirectory(path) {
        // A folder in the making may be the one that is written to.
        guard depth < Self.deepest, !Self.leftFolders.contains(entry), !entry.hasSuffix(".part"),
          !isLeft(prefix + entry + "/")
        else { continue }
        try copy(links.resolved(path), as: prefix + entry, depth: depth + 1)
      } else if !isLeft(prefix + entry),
        own?.adapter == nil || !Adaptation.replaced.contains(entry),
        Self.keptHeads.contains(entry) || !Self.leftEndings.contains(where: entry.hasSuffix)
      {
        try copyFile(links.resolved(path), as: prefix + entry)
      }
    }
    if let own, let adapter = own.adapter {
      try copyFile(own.networkConfiguration, as: prefix + lastName(of: own.networkConfiguration))
      try copy(adapter.weights(), prefix)
    } else if try TensorFile.isStored(in: source) {
      let file = try TensorFile(folder: source)
      for file in file.files { _ = try links.resolved(file.path) }
      try copy(Weights(file), prefix)
    }
  }

  private func isLeft(_ name: String) -> Bool {
    name == Checksums.fileName || changes.left.contains(name)
      || changes.left.contains { $0.hasSuffix("*") && name.hasPrefix($0.dropLast()) }
  }

  private func copyFile(_ path: String, as name: String) throws {
    if let bytes = try changes.rewritten(name, path) {
      try folder.write(name, bytes)
    } else {
      try folder.copy(path, to: name)
    }
  }

  private mutating func copy(_ weights: Weights, _ prefix: String) throws {
    let file = weights.file
    let weights = weights.with(trained.below(prefix))
    let tied = try TiedTensors(in: file) { trained.tensors[prefix + $0] != nil }
    let kept = matrices[prefix] ?? []
    let replaced = Set(kept.flatMap(\.parts))
    let names = trained.names
    let others = file.names.filter { !replaced.contains($0) }
    let tensors =
      kept.flatMap(\.tensors)
      + others.compactMap { file[$0] }.compactMap { raw -> NewTensor? in
        guard let new = changes.renamed(prefix + raw.name)?.dropFirst(prefix.count) else {
          return nil
        }
        let name = prefix + (tied[raw.name] ?? raw.name)
        if names.contains(name) { used.insert(name) }
        guard let parameter = trained.tensors[name] else {
          return NewTensor(raw, as: String(new), of: weights, format: format)
        }
        precondition(parameter.count == raw.count, "\(name) has another shape in its file")
        return NewTensor(String(new), .f32, raw.shape) { append in
          try parameter.withFloats { try append(UnsafeRawBufferPointer($0)) }
        }
      }
    try folder.writeSafetensors(prefix + "model.safetensors", tensors)
    try file.checkIntact()
    written.append((prefix + "model.safetensors", tensors.reduce(0) { $0 + $1.count }))
  }
}

extension NewTensor {
  /// A tensor as it will be stored: real numbers in the format asked for, integers as they are. What is
  /// made of the file's, as by an adapter, is in float32 unless another format is asked for: rounded to
  /// what the file has, vectors would be others.
  init(_ raw: RawTensor, as name: String? = nil, of weights: Weights, format: FloatFormat?) {
    let name = name ?? raw.name
    if weights.isChanged(raw.name) || raw.blocks != nil {
      let format = format ?? .float32
      self.init(name, format.elementType, raw.shape) { append in
        guard let bytes = try weights.array(raw.name, raw.shape).withFloats(format.bytes) else {
          throw Self.overflow(raw, format)
        }
        try bytes.withUnsafeBytes(append)
      }
      return
    }
    guard let format, let stored = FloatFormat(raw.type), stored != format else {
      self.init(name, raw.type, raw.shape) { append in try raw.withBytes(append) }
      return
    }
    self.init(name, format.elementType, raw.shape) { append in
      try raw.withBytes { bytes in
        // A million numbers at a time, so that a table is not in memory as a whole.
        let share = stored.byteCount << 20
        for start in stride(from: 0, to: bytes.count, by: share) {
          let part = UnsafeRawBufferPointer(
            rebasing: bytes[start..<min(start + share, bytes.count)])
          let numbers = Tensor([part.count / stored.byteCount], raising: part, from: stored)
          guard let converted = numbers.withFloats(format.bytes) else {
            throw Self.overflow(raw, format)
          }
          try converted.withUnsafeBytes(append)
        }
      }
    }
  }

  private static func overflow(_ raw: RawTensor, _ format: FloatFormat) -> FileError {
    FileError(
      "\(raw.file.path): tensor `\(raw.name)` has numbers too large for "
        + "\(format.elementType.rawValue); convert to BF16")
  }
}

/// A copy of a model directory whose weights are safetensors, perhaps in another format.
package struct ModelConversion {
  /// How the numbers of a copy are stored.
  package enum Format: Sendable {
    case floats(FloatFormat)
    /// The matrices of networks in 8 bits, packed, of which `--precision int8` computes; all else as it
    /// was.
    case int8
  }

  /// The files of weights that were written, and the numbers in each.
  package let written: [(file: String, numbers: Int)]

  /// Copies `model` to a folder that is not there yet.
  /// - Parameters:
  ///   - format: of all real numbers; by default as they are stored
  ///   - merging: whether an adapter in it is merged into the weights of its base, which are written
  package init(
    of model: ModelFolder, to path: String, format: Format? = nil, merging: Bool = false,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    let floats: FloatFormat? = if case .floats(let floats)? = format { floats } else { nil }
    let isInBytes = if case .int8? = format { true } else { false }
    if let gguf = model.gguf?.model {
      guard !isInBytes else {
        throw FileError(
          "\(model.path): a GGUF file is written as it is or in f32, f16 or bf16; convert what comes of "
            + "that to int8")
      }
      guard !merging else {
        throw FileError("\(model.path): a GGUF file holds no adapter; leave out --merge")
      }
      let folder = try NewFolder(path, cancelled: cancelled)
      written = try gguf.write(to: folder, format: floats)
      try folder.finish()
      return
    }
    // Other kinds of models and folders that are none are refused as everywhere.
    let list = try ModuleList(model)
    let adapter = list.adapter
    guard merging == (adapter != nil) else {
      throw FileError(
        adapter.map {
          "\(model.path): the folder holds an adapter of \($0.base); --merge writes the model that "
            + "both make"
        } ?? "\(model.path): holds no adapter (\(AdapterFolder.settings)); leave out --merge")
    }
    let folder = try NewFolder(path, cancelled: cancelled)
    written = try ModelCopy(
      of: model, into: folder, format: floats, matrices: isInBytes ? list.matricesInBytes() : [:]
    ).written
    guard !written.isEmpty else {
      throw FileError("\(model.path): no weights in it or below; there is nothing to convert")
    }
    try folder.finish()
  }
}

extension ModuleList {
  /// The matrices of its networks in 8 bits, by the paths of their folders.
  fileprivate func matricesInBytes() throws -> [String: [KeptMatrix]] {
    var found: [String: [KeptMatrix]] = [:]
    for choice in choices {
      for entry in entries(choice).map(\.entry) where entry.isNetwork {
        let folder = relative(entry.folder)
        guard found[folder] == nil else { continue }
        let recorder = MatrixRecorder()
        _ = try Architectures.encoder(
          ModelConfig(Transformer.configuration(entry)),
          entry.folder.weights().with(.int8).noting(recorder))
        found[folder] = recorder.matrices
      }
    }
    guard !found.isEmpty else {
      throw FileError("\(file): no module is a network, whose matrices int8 is for")
    }
    return found
  }
}
