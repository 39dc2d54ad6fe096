import Foundation
import Glibc
import TestSupport
import Testing

/// A folder of one test's own, gone with the value.
class ScratchFolder {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("embed-commands-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, and the folders that it lies in, and returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = "\(path)/\(name)"
    try remove(name)
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }

  /// Takes away what is there, be it a link to nowhere.
  func remove(_ name: String) throws { _ = Glibc.remove("\(path)/\(name)") }

  func link(_ name: String, to target: String) throws {
    try remove(name)
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: "\(path)/\(name)").deletingLastPathComponent(),
      withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(path)/\(name)", withDestinationPath: target)
  }

  func bytes(_ name: String) throws -> [UInt8] { try Self.bytes(of: "\(path)/\(name)") }

  static func bytes(of file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  /// The names in the folder, sorted.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// The tiny model, to be spoilt.
final class ModelCopy: ScratchFolder {
  static let files = [
    "1_Pooling/config.json", "README.md", "config.json", "config_sentence_transformers.json",
    "model.safetensors", "modules.json", "sentence_bert_config.json", "special_tokens_map.json",
    "tokenizer.json", "tokenizer_config.json", "vocab.txt",
  ]

  override init() throws {
    try super.init()
    for file in Self.files {
      try write(file, Self.bytes(of: "\(Models.tiny)/\(file)"))
    }
  }

  /// Gives a member of a JSON file, written on a line of its own, another value as it stands there;
  /// takes the member out for `nil`.
  func set(_ key: String, in file: String, to value: String?) throws {
    var lines = try text(file).split(separator: "\n").map(String.init)
    let index = try #require(lines.firstIndex { $0.contains("\"\(key)\":") })
    if let value {
      lines[index] = "\"\(key)\": \(value)" + (lines[index].hasSuffix(",") ? "," : "")
    } else {
      if !lines[index].hasSuffix(","), lines[index - 1].hasSuffix(",") {
        lines[index - 1].removeLast()
      }
      lines.remove(at: index)
    }
    try write(file, lines.joined(separator: "\n"))
  }

  /// Changes a JSON file as a whole.
  func edit(_ file: String, _ change: (inout [String: Any]) throws -> Void) throws {
    var object = try object(text(file))
    try change(&object)
    try write(file, JSONSerialization.data(withJSONObject: object))
  }

  /// Encodes lines with this model.
  func encode(_ input: String = "the cat\n", seconds: Double = 5) throws -> CommandResult {
    try embed("encode", "-m", path, input: input, seconds: seconds)
  }
}
