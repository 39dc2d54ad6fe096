import ModelFiles
import Tensors

/// Of XLNet, XLM and FlauBERT: `sequence_summary`, which their configurations describe.
enum SummaryHeads: ClassificationArchitecture {
  static func head(_ config: ModelConfig, _ weights: Weights) throws -> ClassificationHead {
    let summary = weights["sequence_summary.summary"]
    try config.refuse("summary_use_proj", unless: true)
    guard try config.json.string("model_type") == "xlnet" else {
      // The summary is itself what makes labels.
      try config.refuse("summary_proj_to_labels", unless: true)
      try config.refuse("summary_activation")
      return ClassificationHead(
        tokens: try tokens(config, default: "first"),
        output: try LabelLayer(config, summary, config.width("emb_dim")))
    }
    try config.refuse("summary_proj_to_labels", unless: false)
    let hidden = try config.width("d_model")
    return ClassificationHead(
      tokens: try tokens(config, default: "last"),
      transform: HeadTransform(
        dense: try Linear(summary, hidden, hidden), activation: try activation(config)),
      output: try LabelLayer(config, weights["logits_proj"], hidden))
  }

  private static func tokens(
    _ config: ModelConfig, default fallback: String
  ) throws -> ClassificationHead.Tokens {
    let type = try config.json.string("summary_type", default: fallback)
    guard let tokens = types[type] else {
      throw FileError(
        "\(config.json.name): `summary_type` is `\(type)`, which is not computed; "
          + "computed are \(types.keys.sorted().joined(separator: ", "))")
    }
    return tokens
  }

  // Where nobody says which token `cls_index` is, it is the last.
  private static let types: [String: ClassificationHead.Tokens] = [
    "cls_index": .last, "first": .first, "last": .last, "mean": .mean,
  ]

  /// tanh where the file has no such key, none where it is null or empty.
  private static func activation(_ config: ModelConfig) throws -> Activation {
    guard try config.json.object()["summary_activation"] != nil else { return .tanh }
    let name = try config.json.string("summary_activation", default: "")
    return name.isEmpty ? .none : try config.activation("summary_activation")
  }
}
