import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Encoders

/// A tiny model with a head, and the logits that transformers computed with it.
struct RecordedHead: CustomTestStringConvertible, Sendable {
  enum Kind: Sendable { case labels, masked, causal }

  let name: String
  var testDescription: String { name }

  /// All of Tests/Fixtures/heads.
  static let all = Fixture.folders("heads").map(RecordedHead.init)
  static let labels = all.filter { $0.kind == .labels }
  static let vocabularies = all.filter { $0.kind != .labels }

  var kind: Kind {
    name.hasPrefix("masked-") ? .masked : name.hasPrefix("causal-") ? .causal : .labels
  }

  var folder: String { Fixture.path("heads/\(name)") }
  var config: ModelConfig { get throws { try ModelConfig(JSON(file: folder + "/config.json")) } }

  func weights(_ precision: Precision = .f32) throws -> Weights {
    try Weights(TensorFile(folder: folder), precision)
  }

  func encoder(_ precision: Precision = .f32) throws -> Encoder {
    try Architectures.encoder(config, weights(precision))
  }

  func classification(_ precision: Precision = .f32) throws -> ClassificationHead {
    try ClassificationHeads.head(config, weights(precision))
  }

  func vocabulary(_ precision: Precision = .f32, words: Tensor? = nil) throws -> VocabularyHead {
    kind == .masked
      ? try VocabularyHeads.masked(config, weights(precision), words: words)
      : try VocabularyHeads.causal(config, weights(precision), words: words)
  }

  /// The recorded sequences, or those of some numbers, as one batch.
  func batch(_ numbers: [Int]? = nil) throws -> TokenBatch {
    let recording = try JSON(file: folder + "/head.json")
    let all = try recording.array("sequences").elements.map {
      (ids: try $0.ints("ids"), segments: try $0.ints("segments"))
    }
    return TokenBatch(
      (numbers ?? Array(all.indices)).map { all[$0] },
      hasSegments: try recording.bool("hasSegments"))
  }

  /// The logits of each sequence: of its labels, or of the vocabulary at each of its tokens.
  func logits() throws -> [[Float]] {
    let file = try TensorFile(safetensors: folder + "/head.safetensors")
    return try (0..<batch().layout.count).map { sequence in
      let stored = try #require(file["\(sequence).logits"])
      return try stored.withBytes { Tensor(stored.shape, raising: $0, from: .float32).elements }
    }
  }
}

/// Expects numbers to differ by no more than `tolerance` of the largest, or of 1.
func expectNear(
  _ found: [Float], _ expected: [Float], _ tolerance: Float, _ name: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let size = max(1, expected.map(\.magnitude).max() ?? 0)
  let worst = zip(found, expected).map { ($0 - $1).magnitude / size }.max() ?? .nan
  #expect(
    found.count == expected.count && worst <= tolerance, "\(name): \(worst)",
    sourceLocation: sourceLocation)
}
