import Encoders
import ModelFiles
import Tensors

/// A network by the names that GGUF files have for its settings and tensors, and by those of the
/// directories that they are made from. A new one adds its line.
struct GGUFArchitecture: Sendable {
  typealias Fields = [(String, JSONValue)]

  /// `general.architecture`, which is before the names of its settings.
  let name: String
  var isDecoder = false
  /// config.json.
  let settings: @Sendable (GGUFSettings) throws -> Fields
  /// Names without `.weight` or `.bias`: there, and in the directory; `#` is the number of a layer.
  let names: [(String, String)]
  /// Tensors that no vector depends on.
  var unused: Set<String> = []
  /// What is stored otherwise than in the directory.
  var changed: @Sendable (String, RawTensor) -> GGUFChange? = { _, _ in nil }

  func configuration(_ file: GGUFFile) throws -> Fields {
    try settings(GGUFSettings(file: file, name: name))
  }

  static let known: [String: GGUFArchitecture] = Dictionary(
    uniqueKeysWithValues: [bert, nomic, nomicExperts, jina, jinaV3, qwen2, qwen3, gemma].map {
      ($0.name, $0)
    })

  /// The network's tensors by their names in the directory.
  func weights(_ file: GGUFFile) throws -> Weights {
    var tensors: [String: RawTensor] = [:]
    var changes: [String: any WeightChange] = [:]
    let names = Dictionary(names) { $1 }
    for (stored, raw) in file.tensors {
      let (base, ending) = Self.split(stored)
      guard !unused.contains(base), !["dense_2", "dense_3"].contains(base) else { continue }
      let (pattern, layer) = Self.pattern(base)
      guard let known = names[pattern] else {
        throw FileError(
          "\(file.path): tensor `\(stored)` is none of those that `\(name)` is known to have; the "
            + "network is another, or newer than what is read here")
      }
      let change = changed(pattern, raw)
      let name = known.replacing("#", with: layer) + (change?.hasNoEnding ?? false ? "" : ending)
      tensors[name] = change?.shape.map { raw.with($0) } ?? raw
      changes[name] = change?.change
    }
    return Weights(TensorFile(tensors, of: [file.file]), changes: changes)
  }

  /// A name and its ending: `blk.0.attn_q` and `.weight`.
  private static func split(_ name: String) -> (base: String, ending: String) {
    for ending in [".weight", ".bias"] where name.hasSuffix(ending) {
      return (String(name.dropLast(ending.count)), ending)
    }
    return (name, "")
  }

  /// `blk.#.attn_q` and `0`.
  private static func pattern(_ base: String) -> (pattern: String, layer: String) {
    let parts = base.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "blk", parts[1].allSatisfy(\.isNumber) else {
      return (base, "")
    }
    return ("blk.#.\(parts[2])", String(parts[1]))
  }
}

/// What is stored otherwise than in the directory.
struct GGUFChange {
  /// Whether the directory has no `.weight` behind the name.
  var hasNoEnding = false
  /// The shape of the tensor there, of as many numbers.
  var shape: [Int]?
  var change: (any WeightChange)?
}

/// Settings of one architecture.
struct GGUFSettings {
  let file: GGUFFile
  let name: String

  func has(_ key: String) -> Bool { file.has("\(name).\(key)") }
  func int(_ key: String) throws -> Int { try file.requiredInt("\(name).\(key)") }
  func int(_ key: String, default value: Int) throws -> Int {
    try file.int("\(name).\(key)") ?? value
  }
  func double(_ key: String, default value: Double) throws -> Double {
    try file.double("\(name).\(key)") ?? value
  }
  func double(_ key: String) throws -> Double {
    guard let value = try file.double("\(name).\(key)") else {
      throw file.missing("\(name).\(key)")
    }
    return value
  }

  /// The numbers of a list.
  func numbers(_ key: String) throws -> [Double]? { try file.numbers("\(name).\(key)") }

  /// The rows of a table; 0 where there is none.
  func rows(_ tensor: String) -> Int {
    file.tensors["\(tensor).weight"].flatMap { $0.shape.count == 2 ? $0.shape[0] : nil } ?? 0
  }

  /// Refuses positions that are stretched.
  func refuseScaling() throws {
    for key in ["rope.scaling.factor", "rope.scale_linear"] where try double(key, default: 1) != 1 {
      throw FileError(
        "\(file.path): `\(name).\(key)` is \(try double(key)); stretched positions are not read from "
          + "GGUF: take the directory that the file was made from")
    }
  }

  /// Those that all have.
  func usual(_ type: String) throws -> GGUFArchitecture.Fields {
    try [
      ("model_type", .string(type)), ("hidden_size", .int(int("embedding_length"))),
      ("num_hidden_layers", .int(int("block_count"))),
      ("num_attention_heads", .int(int("attention.head_count"))),
      ("intermediate_size", .int(int("feed_forward_length"))),
      ("vocab_size", .int(rows("token_embd"))),
    ]
  }
}
