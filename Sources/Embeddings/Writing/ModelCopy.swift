import Encoders
import ModelFiles
package import Tensors

/// The files of a model directory in another folder, weights as safetensors, perhaps in another
/// format.
struct ModelCopy {
  /// The files of weights that were written, and the numbers in each.
  private(set) var written: [(file: String, numbers: Int)] = []

  private let format: FloatFormat?
  private let left: Set<String>
  private let folder: NewFolder
  private let links: ModelLinks

  /// - Parameters:
  ///   - format: of all real numbers; by default as they are stored
  ///   - left: files that are not copied, relative to the model's folder
  init(
    of model: ModelFolder, into folder: NewFolder, format: FloatFormat? = nil,
    without left: Set<String> = []
  ) throws {
    (self.format, self.left, self.folder) = (format, left.union([Checksums.fileName]), folder)
    links = try ModelLinks(of: model.path)
    try copy(model.path, as: "", depth: 0)
  }

  // Modules are one or two folders down; what is deeper is no module's, or a link in a circle.
  private static let deepest = 4

  // Weights in other forms, and what other programs keep of a model.
  private static let leftEndings = [
    ".bin", ".safetensors", ".index.json", ".h5", ".msgpack", ".ot", ".onnx", ".gguf", ".pt",
    ".part",
  ]
  private static let leftFolders = ["onnx", "openvino"]

  private mutating func copy(_ source: String, as name: String, depth: Int) throws {
    let prefix = name.isEmpty ? "" : name + "/"
    for entry in try folderEntries(source) where !entry.hasPrefix(".") {
      let path = "\(source)/\(entry)"
      if try isDirectory(path) {
        // A folder in the making may be the one that is written to.
        guard depth < Self.deepest, !Self.leftFolders.contains(entry), !entry.hasSuffix(".part")
        else { continue }
        try copy(links.resolved(path), as: prefix + entry, depth: depth + 1)
      } else if !left.contains(prefix + entry), !Self.leftEndings.contains(where: entry.hasSuffix) {
        try folder.copy(links.resolved(path), to: prefix + entry)
      }
    }
    guard try TensorFile.isStored(in: source) else { return }
    let file = try TensorFile(folder: source)
    for file in file.files { _ = try links.resolved(file.path) }
    let tensors = file.names.compactMap { file[$0] }.map(stored)
    try folder.writeSafetensors(prefix + "model.safetensors", tensors)
    try file.checkIntact()
    written.append((prefix + "model.safetensors", tensors.reduce(0) { $0 + $1.count }))
  }

  /// A tensor as it will be stored: real numbers in the format asked for, integers as they are.
  private func stored(_ raw: RawTensor) -> NewTensor {
    guard let format, let stored = FloatFormat(raw.type), stored != format else {
      return NewTensor(raw.name, raw.type, raw.shape) { append in try raw.withBytes(append) }
    }
    return NewTensor(raw.name, format.elementType, raw.shape) { append in
      try raw.withBytes { bytes in
        // A million numbers at a time, so that a table is not in memory as a whole.
        let share = stored.byteCount << 20
        for start in stride(from: 0, to: bytes.count, by: share) {
          let part = UnsafeRawBufferPointer(
            rebasing: bytes[start..<min(start + share, bytes.count)])
          let numbers = Tensor([part.count / stored.byteCount], raising: part, from: stored)
          guard let converted = numbers.withFloats(format.bytes) else {
            throw FileError(
              "\(raw.file.path): tensor `\(raw.name)` has numbers too large for "
                + "\(format.elementType.rawValue); convert to BF16")
          }
          try converted.withUnsafeBytes(append)
        }
      }
    }
  }
}

/// A copy of a model directory whose weights are safetensors, perhaps in another format.
package struct ModelConversion {
  /// The files of weights that were written, and the numbers in each.
  package let written: [(file: String, numbers: Int)]

  /// Copies `model` to a folder that is not there yet.
  /// - Parameter format: of all real numbers; by default as they are stored
  package init(
    of model: ModelFolder, to path: String, format: FloatFormat? = nil,
    cancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    // Adapters, other kinds of models and folders that are none are refused as everywhere.
    _ = try ModuleList(model)
    let folder = try NewFolder(path, cancelled: cancelled)
    written = try ModelCopy(of: model, into: folder, format: format).written
    guard !written.isEmpty else {
      throw FileError("\(model.path): no weights in it or below; there is nothing to convert")
    }
    try folder.finish()
  }
}
