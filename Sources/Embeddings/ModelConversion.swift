import Encoders
import Glibc
import ModelFiles
package import Tensors

/// A copy of a model directory whose weights are safetensors, perhaps in another format.
package struct ModelConversion {
  /// The files of weights that were written, and the numbers in each.
  package private(set) var written: [(file: String, numbers: Int)] = []

  private let format: FloatFormat?
  private let folder: NewFolder

  /// Copies `model` to a folder that is not there yet.
  /// - Parameter format: of all real numbers; as they are stored unless said
  package init(of model: ModelFolder, to path: String, format: FloatFormat? = nil) throws {
    self.format = format
    folder = try NewFolder(path)
    try convert(model.path, as: "", depth: 0)
    guard !written.isEmpty else {
      throw FileError("\(model.path): no weights in it or below; there is nothing to convert")
    }
    try folder.finish()
  }

  // Modules lie one or two folders down; what is deeper is nobody's, or a link in a circle.
  private static let deepest = 4

  // Weights in other forms, and what other programs keep of a model.
  private static let leftEndings = [
    ".bin", ".safetensors", ".index.json", ".h5", ".msgpack", ".ot", ".onnx", ".gguf", ".pt",
    ".part",
  ]
  private static let leftFolders = ["onnx", "openvino"]

  private mutating func convert(_ source: String, as name: String, depth: Int) throws {
    let prefix = name.isEmpty ? "" : name + "/"
    for entry in folderEntries(source) ?? [] where !entry.hasPrefix(".") {
      let path = "\(source)/\(entry)"
      if isFolder(path) {
        guard depth < Self.deepest, !Self.leftFolders.contains(entry) else { continue }
        try convert(path, as: prefix + entry, depth: depth + 1)
      } else if !Self.leftEndings.contains(where: entry.hasSuffix) {
        try folder.copy(path, to: prefix + entry)
      }
    }
    guard TensorFile.isStored(in: source) else { return }
    let file = try TensorFile(folder: source)
    let tensors = file.names.compactMap { file[$0] }.map(stored)
    try folder.writeSafetensors(prefix + "model.safetensors", tensors)
    try file.checkIntact()
    written.append((prefix + "model.safetensors", tensors.reduce(0) { $0 + $1.count }))
  }

  private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
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
          guard let narrow = numbers.withFloats(format.bytes) else {
            throw FileError(
              "\(raw.file.path): tensor `\(raw.name)` has numbers too large for "
                + "\(format.elementType.rawValue); convert to BF16")
          }
          try narrow.withUnsafeBytes(append)
        }
      }
    }
  }
}
