import Foundation
import TestSupport
import Testing

extension Models {
  /// The files of the tiny model.
  static let tinyFiles = [
    "1_Pooling/config.json", "README.md", "config.json", "config_sentence_transformers.json",
    "model.safetensors", "modules.json", "sentence_bert_config.json", "special_tokens_map.json",
    "tokenizer.json", "tokenizer_config.json", "vocab.txt",
  ]
}

/// Changes of a copy of a model.
extension ScratchFolder {
  /// Sets a field of a JSON file, which stands on a line of its own, to a value as it is written
  /// here; removes the field for `nil`.
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
