import Glibc
import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Encoders

/// A tiny model of some architecture, and what the Python reference computed with it.
struct RecordedEncoder: CustomTestStringConvertible {
  let name: String
  var testDescription: String { name }

  /// All of Tests/Fixtures/encoders.
  static let all = Fixture.folders("encoders").map(RecordedEncoder.init)

  private var folder: String { Fixture.path("encoders/\(name)") }
  private var recording: JSON { get throws { try JSON(file: folder + "/hidden.json") } }

  /// Where the weights lie: here, or where `hidden.json` says.
  private var model: String {
    get throws {
      try recording.present("model").map { try Fixture.root + "/" + $0.string() } ?? folder
    }
  }

  /// The configuration that lies here, or where the weights do.
  var config: ModelConfig {
    get throws {
      let own = folder + "/config.json"
      return try ModelConfig(JSON(file: access(own, F_OK) == 0 ? own : model + "/config.json"))
    }
  }

  func encoder(_ precision: Precision = .f32) throws -> Encoder {
    try Architectures.encoder(config, Weights(file, precision))
  }

  /// The file of its weights.
  var file: TensorFile { get throws { try TensorFile(folder: model) } }

  /// Whether the reference was given segments.
  var hasSegments: Bool { get throws { try recording.bool("hasSegments", default: true) } }

  /// The ids and segments of each sequence.
  func sequences() throws -> [(ids: [Int32], segments: [Int32])] {
    try recording.array("sequences").elements.map {
      (ids: try $0.ints("ids"), segments: try $0.ints("segments"))
    }
  }

  /// What the reference computed, by name: `0.hidden.1`, `0.output`.
  func tensors() throws -> [String: [Float]] {
    let file = try TensorFile(safetensors: folder + "/hidden.safetensors")
    return Dictionary(
      uniqueKeysWithValues: try file.names.compactMap { file[$0] }.map { stored in
        (
          stored.name,
          try stored.withBytes { Tensor(stored.shape, raising: $0, from: .float32).elements }
        )
      })
  }
}

extension TensorFile {
  /// Its real numbers, by name.
  func parameters() throws -> [String: Tensor] {
    var parameters: [String: Tensor] = [:]
    for name in names {
      guard let raw = self[name], FloatFormat(raw.type) != nil else { continue }
      parameters[name] = try Weights(self).array(name, raw.shape)
    }
    return parameters
  }
}

extension Encoder {
  /// The last hidden states of one sequence of a batch.
  func rows(_ index: Int, of batch: TokenBatch) -> [Float] {
    let rows = batch.layout[index]
    return Array(
      self(batch).elements[rows.lowerBound * hiddenSize..<rows.upperBound * hiddenSize])
  }
}
