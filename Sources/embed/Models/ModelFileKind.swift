import Glibc
import ModelFiles

/// What a file is that was given as a model.
enum ModelFileKind {
  case gguf, onnx, archive, weights, settings, other

  init(_ path: String) {
    let head = Self.head(path)
    let name = lastName(of: path).lowercased()
    func ends(in endings: String...) -> Bool { endings.contains { name.hasSuffix(".\($0)") } }
    self =
      if head == Array("GGUF".utf8) || ends(in: "gguf", "ggml") {
        .gguf
      } else if ends(in: "onnx", "ort") || name == "onnx" {
        .onnx
      } else if ends(in: "safetensors", "bin", "pt", "pth", "ckpt", "h5", "msgpack") {
        .weights
      } else if head == [0x50, 0x4B, 3, 4] || head.starts(with: [0x1F, 0x8B])
        || ends(in: "zip", "tar", "tgz", "gz", "xz", "zst", "bz2")
      {
        .archive
      } else if ends(in: "json") {
        .settings
      } else {
        .other
      }
  }

  /// The first four bytes of a regular file; a pipe would wait for its writer.
  private static func head(_ path: String) -> [UInt8] {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return [] }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    return [UInt8](unsafeUninitializedCapacity: 4) { buffer, count in
      count = max(0, read(file, buffer.baseAddress, 4))
    }
  }

  /// What to do with it, behind "… is a file, and".
  /// - Parameter folder: the one that the file is in
  func advice(_ folder: String) -> String {
    switch self {
    case .onnx:
      "ONNX is not read; give the folder of the model that it was made from, with config.json and "
        + "model.safetensors"
    case .archive:
      "a model is a folder; unpack the archive and give the folder that comes out of it"
    case .gguf, .weights, .settings, .other:
      seemsAModel(folder)
        ? "a model is a folder; give the one around it, -m \(folder)"
        : "a model is a folder; give one that has config.json and model.safetensors"
    }
  }
}
