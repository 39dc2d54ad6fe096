import Encoders
package import ModelFiles
package import Tensors

/// A folder of an adapter as peft writes it: adapter_config.json, and beside it changes of low rank of
/// another model's matrices (LoRA; Hu et al., 2021).
package struct AdapterFolder: Sendable {
  package static let settings = "adapter_config.json"
  package static let weights = "adapter_model.safetensors"
  private static let olderWeights = "adapter_model.bin"
  /// What goes before the names of modules: the wrapper of the network, and the network in it.
  package static let prefix = "base_model.model."

  package let path: String
  package let json: JSON
  package let file: TensorFile
  private let ranks, alphas: [(key: ModulePattern, value: JSON)]

  /// - Throws: where it is no adapter of a kind that is read
  package init(_ path: String) throws {
    try self.init(
      path, json: JSON(file: "\(path)/\(Self.settings)", limit: FileLimit.configuration))
  }

  /// - Parameter json: its settings
  init(_ path: String, json: JSON) throws {
    (self.path, self.json) = (path, try json.object())
    let type = try json.string("peft_type", default: "LORA")
    guard type == "LORA" else {
      throw FileError(
        "\(json.name): `peft_type` is `\(type)`; only LORA is read; merge it into the weights "
          + "(`merge_and_unload()` in Python's peft) and save the whole model")
    }
    for key in ["lora_bias", "use_bdlora", "use_qalora"] where try json.flag(key, default: false) {
      throw Self.refusal(json, key)
    }
    for key in ["layer_replication", "target_parameters", "trainable_token_indices"] {
      if let value = try json.present(key), value.count > 0 { throw Self.refusal(json, key) }
    }
    // These change the base too.
    if let start = try json.present("init_lora_weights"), start.kind == .string,
      try ["pissa", "olora", "corda", "loftq", "lora_ga"].contains(where: start.string().hasPrefix)
    {
      throw Self.refusal(json, "init_lora_weights")
    }
    ranks = try Self.patterns("rank_pattern", json)
    alphas = try Self.patterns("alpha_pattern", json)
    file = try Self.tensors(in: path)
    _ = try rank
  }

  private static func tensors(in path: String) throws -> TensorFile {
    if try fileExists("\(path)/\(weights)") {
      return try TensorFile(safetensors: "\(path)/\(weights)")
    }
    guard try fileExists("\(path)/\(olderWeights)") else {
      throw FileError("\(path): no \(weights) beside \(settings); copy it there")
    }
    return try TensorFile(torch: "\(path)/\(olderWeights)")
  }

  private static func patterns(
    _ key: String, _ json: JSON
  ) throws -> [(key: ModulePattern, value: JSON)] {
    guard let object = try json.present(key)?.object() else { return [] }
    guard object.count <= mostPatterns else {
      throw FileError(
        "\(json.name): `\(key)` has \(object.count) members; at most \(mostPatterns) are read")
    }
    return try object.members.map { key, value in
      (try ModulePattern(key.string(), in: key.name), value)
    }
  }

  // Each module is compared with each; published adapters have a few dozen at most.
  private static let mostPatterns = 1024
  private static let mostRank = 1 << 16
  private static let mostAlpha = 1e6

  private static func refusal(_ json: JSON, _ key: String) -> FileError {
    FileError(
      "\(json.name): `\(key)` is \(json[key]?.found ?? "set"), which is not computed here; merge the "
        + "adapter into its base (`merge_and_unload()` in Python's peft) and save the whole model")
  }
}

extension AdapterFolder {
  /// The name of the model that it was trained on.
  package var base: String? {
    get throws { try json.present("base_model_name_or_path")?.string() }
  }

  /// r, of modules for which nothing else is said.
  package var rank: Int { get throws { try Self.rank(json.value("r")) } }

  /// α, of modules for which nothing else is said.
  package var alpha: Double {
    get throws { try json.present("lora_alpha").map(Self.alpha) ?? Self.standardAlpha }
  }

  // As peft's LoraConfig has it.
  private static let standardAlpha = 8.0

  /// Whether changes are divided by √r and not by r (Kalajdzievski, 2023).
  package var isRankStabilized: Bool {
    get throws { try json.flag("use_rslora", default: false) }
  }

  /// r of a module.
  func rank(of module: String) throws -> Int {
    try ranks.first { $0.key.matches(module) }.map { try Self.rank($0.value) } ?? rank
  }

  /// s, what a module's change is multiplied by.
  func scale(of module: String) throws -> Float {
    let alpha = try alphas.first { $0.key.matches(module) }.map { try Self.alpha($0.value) }
    let rank = Double(try rank(of: module))
    return Float(try (alpha ?? self.alpha) / (isRankStabilized ? rank.squareRoot() : rank))
  }

  private static func rank(_ json: JSON) throws -> Int {
    guard try 1...mostRank ~= json.int() else {
      throw FileError("\(json.name): `r` is \(try json.int()), should be 1 to \(mostRank)")
    }
    return try json.int()
  }

  private static func alpha(_ json: JSON) throws -> Double {
    let alpha = try json.double()
    guard alpha.magnitude <= mostAlpha else {
      throw FileError("\(json.name): `lora_alpha` is \(alpha), should be at most \(mostAlpha)")
    }
    return alpha
  }

  /// The numbers of a tensor of the adapter's file.
  /// - Throws: where it has another shape, or no real numbers
  package func numbers(_ raw: RawTensor, _ shape: [Int], of model: String) throws -> Tensor {
    guard raw.shape == shape, let format = FloatFormat(raw.type) else {
      throw FileError(
        "\(raw.file.path): tensor `\(raw.name)` is \(raw.type.rawValue) \(raw.shape), should "
          + "be real numbers of \(shape) for \(model)"
          + (try base.map { "; the adapter was made for `\($0)`" } ?? ""))
    }
    try MemoryBound.check(raw.count, 4, for: "\(raw.file.path): tensor `\(raw.name)`")
    return try raw.withBytes { Tensor(shape, raising: $0, from: format) }
  }
}
