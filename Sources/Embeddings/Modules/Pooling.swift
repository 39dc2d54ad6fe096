import ModelFiles
import Tensors

/// One vector out of a text's token vectors; several ways give theirs side by side.
struct Pooling: FeatureModule {
  enum Mode: String, CaseIterable {
    // The order in which flags that are set stand side by side.
    case cls, max, mean
    case meanSqrtLength = "mean_sqrt_len_tokens"
    case weightedMean = "weightedmean"
    case lastToken = "lasttoken"

    /// The flag that the schema before 5.4 has for it.
    var flag: String {
      switch self {
      case .cls: "pooling_mode_cls_token"
      case .max: "pooling_mode_max_tokens"
      case .mean: "pooling_mode_mean_tokens"
      case .meanSqrtLength: "pooling_mode_mean_sqrt_len_tokens"
      case .weightedMean: "pooling_mode_weightedmean_tokens"
      case .lastToken: "pooling_mode_lasttoken"
      }
    }
  }

  let modes: [Mode]
  /// Whether the tokens of a prompt count.
  let includesPrompt: Bool
  let info: ModuleInfo

  static let configFile = ConfigFile("config.json", "says how token vectors become one")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "Pooling")
    let json = source.configuration
    // A null is false here, as in Python.
    let includesPrompt =
      try json["include_prompt"] == nil || json.flag("include_prompt", default: false)
    self.init(
      try Self.modes(json), of: input, includesPrompt: includesPrompt,
      warnings: try Self.warnings(json, width))
  }

  /// sentence-transformers takes the vectors as they come, whatever width the file says.
  private static func warnings(_ json: JSON, _ width: Int) throws -> [String] {
    try ["word_embedding_dimension", "embedding_dimension"].compactMap { key in
      guard let found = try json.present(key)?.int(), found != width else { return nil }
      return "\(json.name): `\(key)` is \(found), but the vectors before it have \(width) numbers; "
        + "not used"
    }
  }

  /// Ways to pool token rows.
  init(
    _ modes: [Mode], of input: FeatureShape, includesPrompt: Bool = true, warnings: [String] = []
  ) {
    (self.modes, self.includesPrompt) = (modes, includesPrompt)
    info = ModuleInfo(
      summary: "Pooling: " + modes.map(\.rawValue).joined(separator: " + ")
        + (includesPrompt ? "" : ", without the prompt's tokens"),
      output: .texts(input.width * modes.count), warnings: warnings,
      requested: includesPrompt ? Self.requested(modes) : .all)
  }

  private static func requested(_ modes: [Mode]) -> RequestedStates {
    switch modes {
    case [.cls]: .first
    case [.lastToken]: .last
    default: .all
    }
  }

  // Each makes a vector longer; no model is known that has one twice.
  private static let mostModes = 16

  /// 5.4 and later name the ways in `pooling_mode`, in any order; before that each had a flag.
  private static func modes(_ json: JSON) throws -> [Mode] {
    guard let named = try json.present("pooling_mode") else {
      let flagged = try Mode.allCases.filter { try json.flag($0.flag, default: false) }
      return flagged.isEmpty ? [.mean] : flagged
    }
    let names =
      named.kind == .array ? try named.elements.map { try $0.string() } : [try named.string()]
    let modes = try names.map { name in
      guard let mode = Mode(rawValue: name) else {
        let known = Mode.allCases.map(\.rawValue).joined(separator: ", ")
        throw FileError("\(json.name): pooling_mode `\(name)` is not known; known are \(known)")
      }
      return mode
    }
    guard (1...mostModes).contains(modes.count) else {
      throw FileError(
        "\(json.name): `pooling_mode` lists \(modes.count) ways, should be 1 to \(mostModes)")
    }
    return modes
  }

  func callAsFunction(_ features: Features) -> Features {
    let skipped = includesPrompt ? 0 : features.promptLength
    let layout = features.layout.dropping(first: skipped)
    var features = features
    features.sentenceEmbedding = Tensor.concatenate(
      modes.map { pool(features, layout, $0, skipped: skipped) })
    return features
  }

  private func pool(
    _ features: Features, _ layout: SequenceLayout, _ mode: Mode, skipped: Int
  ) -> Tensor {
    let (x, totals) = (features.tokenEmbeddings, features.weightSums)
    return switch mode {
    case .cls: x.rows(at: layout.first, as: layout.pooled)
    case .max: x.maximum(over: layout)
    case .mean: x.mean(over: layout, totals: totals)
    case .meanSqrtLength: x.mean(over: layout, root: true, totals: totals)
    case .weightedMean: x.weightedMean(over: layout, offset: skipped, totals: totals)
    case .lastToken: x.rows(at: layout.last, as: layout.pooled)
    }
  }
}
