import ModelFiles

/// The architectures by the names that config.json gives them.
package enum Architecture {
  /// Each `model_type` that is read. A new architecture adds its file and a line.
  package static let known: [String: any Encoder.Type] = [
    "bert": BERT.self
  ]

  package static func make(_ config: ModelConfig, _ weights: Weights) throws -> any Encoder {
    let type = try config.json.string("model_type")
    guard let encoder = known[type] else {
      throw FileError(
        "\(config.json.name): model_type `\(type)` is not supported; "
          + "known are \(known.keys.sorted().joined(separator: ", "))")
    }
    return try encoder.init(config, weights)
  }
}
