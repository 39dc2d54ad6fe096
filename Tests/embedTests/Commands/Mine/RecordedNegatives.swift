import Foundation
import TestSupport
import Testing

/// What `mine_hard_negatives` of sentence-transformers 6.2.0 made of Tests/Fixtures/negatives
/// (scripts/fixture_writers/negatives.py), and how `embed` is asked for the same.
struct RecordedNegatives: Sendable, CustomTestStringConvertible {
  static let folder = "\(Models.root)/Tests/Fixtures/negatives"
  static let pairs = "\(folder)/pairs.csv"
  static let corpus = "\(folder)/corpus.txt"
  static let model = "\(Models.root)/models.example/minilm-static"
  static let judge = RecordedModel("ce_bert").path

  /// Options for all but the pairs.
  let arguments: [String]
  /// A line for each row, as it was recorded.
  private let lines: [String]

  var testDescription: String { arguments.dropFirst().joined(separator: " ") }

  var rows: [[String: Any]] { get throws { try lines.map(object) } }

  static func all() throws -> [RecordedNegatives] {
    let text = String(decoding: try ScratchFolder.bytes(of: "\(folder)/cases.jsonl"), as: UTF8.self)
    return try text.split(separator: "\n").map { try RecordedNegatives(object(String($0))) }
  }

  private init(_ recorded: [String: Any]) throws {
    let model = try #require(recorded["model"] as? String)
    let parameters = try #require(recorded["parameters"] as? [String: Any])
    let hasCorpus = try #require(recorded["corpus"] as? Bool)
    arguments =
      ["-m", "\(Models.root)/\(model)"] + (hasCorpus ? ["--corpus", Self.corpus] : [])
      + parameters.sorted { $0.key < $1.key }.flatMap(Self.option)
    lines = try #require(recorded["rows"] as? [[String: Any]]).map {
      String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self)
    }
  }

  /// A parameter by its name; rerankers have one of their own here.
  private static func option(_ name: String, _ value: Any) -> [String] {
    switch name {
    case "include_positives", "output_scores": [spelled(name)]
    case "cross_encoder": ["--rerank", "\(Models.root)/\(value)"]
    default: [spelled(name), "\(value)"]
    }
  }

  private static func spelled(_ name: String) -> String {
    "--" + name.replacingOccurrences(of: "_", with: "-")
  }
}

/// Runs `embed mine --negatives`.
func mineNegatives(
  _ arguments: [String], model: String? = RecordedNegatives.model, input: String = ""
) throws -> CommandResult {
  let named = model.map { ["-m", $0] } ?? []
  return try embedCommand(["mine", "--negatives"] + named + arguments)(Array(input.utf8))
}
