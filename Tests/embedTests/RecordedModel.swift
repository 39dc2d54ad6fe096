import Foundation
import TestSupport
import Testing

/// A tiny model of another kind, with what sentence-transformers 6.2.0 made of texts beside it.
struct RecordedModel: Sendable, CustomTestStringConvertible {
  let name: String

  init(_ name: String) { self.name = name }

  var path: String { "\(Models.root)/Tests/Fixtures/kinds/\(name)" }
  var testDescription: String { name }

  /// The rows of one of its recordings.
  func rows(_ file: String) throws -> [[String: Any]] {
    let text = String(decoding: try ScratchFolder.bytes(of: "\(path)/\(file)"), as: UTF8.self)
    return try text.split(separator: "\n").map { try object(String($0)) }
  }

  /// The texts of rows as JSON lines, so that line feeds stay in them.
  static func lines(_ rows: [[String: Any]], _ fields: String...) throws -> [UInt8] {
    try rows.flatMap { row in
      let kept = row.filter { fields.contains($0.key) }
      return Array(try JSONSerialization.data(withJSONObject: kept)) + [0x0A]
    }
  }

  /// Runs a command with it, over JSON lines.
  func callAsFunction(
    _ command: String, _ arguments: [String] = [], input: [UInt8]
  ) throws -> CommandResult {
    try embedCommand([command, "-m", path, "--quiet", "--input", "jsonl"] + arguments)(input)
  }
}

/// A sparse vector of JSON.
struct SparseNumbers: Equatable {
  let indices: [Int]
  let values: [Float]

  init?(_ json: Any?) {
    guard let json = json as? [String: Any], let indices = json["indices"] as? [Int],
      let values = json["values"] as? [NSNumber]
    else { return nil }
    (self.indices, self.values) = (indices, values.map(\.floatValue))
  }

  /// The largest difference of two numbers, those that one of them leaves out being 0.
  func difference(from other: SparseNumbers) -> Float {
    var numbers = Dictionary(uniqueKeysWithValues: zip(indices, values))
    for (index, value) in zip(other.indices, other.values) { numbers[index, default: 0] -= value }
    return numbers.values.map(\.magnitude).max() ?? 0
  }
}
