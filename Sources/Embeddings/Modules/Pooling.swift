import ModelFiles
import Tensors

/// One vector out of a text's token vectors; several ways give theirs side by side.
struct Pooling: Module {
  enum Mode: String, CaseIterable {
    // The order in which sentence-transformers puts them side by side.
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
  let output: Rows

  init(_ folder: ModelFolder, taking input: Rows) throws {
    guard case .tokens(let width) = input else {
      throw FileError("\(ModuleEntry.fileName): Pooling stands after Pooling; a model has one")
    }
    let json = try folder.object("config.json", for: "says how token vectors become one")
    modes = try Self.modes(json)
    includesPrompt = try json.bool("include_prompt", default: true)
    // The second is what 5.4 and later call it.
    let names = ["word_embedding_dimension", "embedding_dimension"]
    let key = json[names[1]] == nil ? names[0] : names[1]
    let dimension = try json.int(key)
    guard dimension == width else {
      throw FileError(
        "\(json.name): `\(key)` is \(dimension), but the vectors before it have \(width) numbers")
    }
    output = .texts(width * modes.count)
  }

  /// The mean, prompt and all.
  init(meanOf width: Int) { (modes, includesPrompt, output) = ([.mean], true, .texts(width)) }

  /// 5.4 and later name the ways in `pooling_mode`; before that each had a flag.
  private static func modes(_ json: JSON) throws -> [Mode] {
    guard let named = try json.present("pooling_mode") else {
      let flagged = try Mode.allCases.filter { try json.bool($0.flag, default: false) }
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
    guard !modes.isEmpty else { throw FileError("\(json.name): `pooling_mode` is empty") }
    return Mode.allCases.filter(modes.contains)
  }

  var summary: String {
    "Pooling: " + modes.map(\.rawValue).joined(separator: " + ")
      + (includesPrompt ? "" : ", without the prompt's tokens")
  }

  func callAsFunction(_ features: Features) -> Features {
    let skipped = includesPrompt ? 0 : features.promptLength
    let packing = features.packing.dropping(first: skipped)
    var features = features
    features.values = Tensor.concatenate(
      modes.map { pool(features.values, packing, $0, skipped: skipped) })
    return features
  }

  private func pool(_ x: Tensor, _ packing: Packing, _ mode: Mode, skipped: Int) -> Tensor {
    switch mode {
    case .cls: x.edge(of: packing)
    case .max: x.maximum(over: packing)
    case .mean: x.mean(over: packing)
    case .meanSqrtLength: x.mean(over: packing, root: true)
    case .weightedMean: x.weightedMean(over: packing, offset: skipped)
    case .lastToken: x.edge(of: packing, last: true)
    }
  }
}
