import Foundation
import TestSupport
import Testing

/// A way to spoil a model directory, and the message about it, in which `MODEL` is the directory.
struct SpoiltModel: Sendable, CustomTestStringConvertible {
  let testDescription, message: String
  let spoil: @Sendable (ScratchFolder) throws -> Void

  init(
    _ name: String, _ message: String,
    by spoil: @escaping @Sendable (ScratchFolder) throws -> Void
  ) {
    (testDescription, self.message, self.spoil) = (name, message, spoil)
  }

  /// A member of a JSON file with another value, or without it for `nil`.
  /// - Parameter problem: what the message says behind the file's name
  static func member(_ file: String, _ key: String, _ value: String?, _ problem: String) -> Self {
    SpoiltModel("\(file): \(key) is \(value ?? "missing")", "MODEL/\(file): \(problem)") {
      try $0.set(key, in: file, to: value)
    }
  }

  /// A file with another content.
  /// - Parameter problem: what the message says behind the file's name
  static func file(_ file: String, _ name: String, _ text: String, _ problem: String) -> Self {
    SpoiltModel("\(file) \(name)", "MODEL/\(file)\(problem)") { try $0.write(file, text) }
  }

  /// Expects that the model is refused in one line, at once.
  func expectRefused(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try spoil(model)
    expectFailure(
      try model.encode(), message: message.replacingOccurrences(of: "MODEL", with: model.path),
      sourceLocation: sourceLocation)
  }
}

/// model.safetensors taken apart.
struct TensorsOnDisk {
  var header: [String: Any]
  var data: [UInt8]

  init(_ bytes: [UInt8]) throws {
    let length = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    header = try object(String(decoding: bytes[8..<8 + length], as: UTF8.self))
    data = Array(bytes[(8 + length)...])
  }

  /// One tensor's entry: `dtype`, `shape`, `data_offsets`.
  subscript(_ name: String) -> [String: Any] {
    get { header[name] as? [String: Any] ?? [:] }
    set { header[name] = newValue }
  }

  /// Fills all tensors with one number.
  mutating func fill(with value: Float) {
    let pattern = value.bitPattern
    data = data.indices.map { UInt8(truncatingIfNeeded: pattern >> UInt32(8 * ($0 % 4))) }
  }

  func bytes() throws -> [UInt8] {
    Self.file(header: [UInt8](try JSONSerialization.data(withJSONObject: header)), data)
  }

  static func file(header: [UInt8], _ data: [UInt8] = []) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
  }
}

extension ScratchFolder {
  func editTensors(_ change: (inout TensorsOnDisk) throws -> Void) throws {
    var tensors = try TensorsOnDisk(bytes("model.safetensors"))
    try change(&tensors)
    try write("model.safetensors", tensors.bytes())
  }
}
