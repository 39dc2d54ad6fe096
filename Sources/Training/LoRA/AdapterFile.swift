import Encoders
import ModelFiles
import Tensors

/// A folder of an adapter as peft writes it: adapter_config.json and adapter_model.safetensors.
struct AdapterFile {
  /// What goes before the names of modules: the wrapper of the network, and the network in it.
  static let prefix = "base_model.model."
  static let settings = "adapter_config.json"
  static let weights = "adapter_model.safetensors"

  private let folder: String
  private let json: JSON
  private let file: TensorFile

  init(_ folder: String) throws {
    self.folder = folder
    let path = "\(folder)/\(Self.settings)"
    guard try fileExists(path) else {
      throw FileError(
        "\(folder): no adapter to go on from, as it has no \(Self.settings); name a folder that peft "
          + "or `--lora …,save=adapter` has written")
    }
    json = try JSON(file: path, limit: FileLimit.configuration).object()
    guard try fileExists("\(folder)/\(Self.weights)") else {
      throw FileError("\(folder): no \(Self.weights) beside \(Self.settings); copy it there")
    }
    file = try TensorFile(safetensors: "\(folder)/\(Self.weights)")
    try check()
  }

  /// Refuses what is not computed.
  private func check() throws {
    let type = try json.string("peft_type", default: "LORA")
    guard type == "LORA" else {
      throw FileError("\(json.name): `peft_type` is `\(type)`; only LORA is trained")
    }
    guard try 1...Self.mostRank ~= json.int("r") else {
      throw FileError("\(json.name): `r` is \(try json.int("r")), should be 1 to \(Self.mostRank)")
    }
    for key in ["use_dora", "fan_in_fan_out", "lora_bias", "use_qalora"] {
      if let value = try json.present(key), try value.bool() { throw refused(key) }
    }
    for key in ["rank_pattern", "alpha_pattern", "modules_to_save"] {
      if let value = try json.present(key), value.count > 0 { throw refused(key) }
    }
    // These change the base too.
    if let start = try json.present("init_lora_weights"), start.kind == .string,
      try ["pissa", "olora", "corda", "loftq", "lora_ga"].contains(where: start.string().hasPrefix)
    {
      throw refused("init_lora_weights")
    }
    if let bias = try json.present("bias"), try bias.string() != "none" { throw refused("bias") }
  }

  private static let mostRank = 1 << 16
  private static let mostAlpha = 1e6

  private func refused(_ key: String) -> FileError {
    FileError(
      "\(json.name): `\(key)` is \(json[key]?.found ?? "set"), which is not trained on here; go on "
        + "from an adapter without it, or merge it into its base (peft's `merge_and_unload()`)")
  }

  /// What the adapter says of itself, and what is asked for beside it.
  func options(_ asked: LoRAOptions) throws -> LoRAOptions {
    var options = asked
    options.rank = try json.int("r")
    options.alpha = try json.double("lora_alpha", default: options.alpha)
    guard options.alpha.magnitude <= Self.mostAlpha else {
      throw FileError("\(json.name): `lora_alpha` is \(options.alpha), should be less")
    }
    options.isRankStabilized = try json.bool("use_rslora", default: false)
    if let modules = try modules { options.modules = .named(modules) }
    return options
  }

  /// `target_modules`; `nil` where they are no list.
  var modules: [String]? {
    get throws {
      guard let list = try json.present("target_modules"), list.kind == .array else { return nil }
      return try list.elements.map { try $0.string() }.sorted()
    }
  }

  /// The name of the model that it was trained on.
  var base: String? {
    get throws { try json.present("base_model_name_or_path")?.string() }
  }

  /// The modules that it changes.
  /// - Throws: where the model does not have them
  func entries(in linear: LinearModules, of model: String) throws -> [LinearModules.Entry] {
    var found: [String: LinearModules.Entry] = [:]
    for name in file.names {
      guard name.hasPrefix(Self.prefix), let end = Self.ends.first(where: name.hasSuffix) else {
        throw FileError(
          "\(folder)/\(Self.weights): tensor `\(name)` is none of a linear module's changes, such as "
            + "`\(Self.prefix)….lora_A.weight`; such adapters are not trained on here")
      }
      let module = String(name.dropFirst(Self.prefix.count).dropLast(end.count))
      guard let entry = linear.module(named: module) else { throw try problem(module, model) }
      found[entry.module] = entry
    }
    guard !found.isEmpty else {
      throw FileError("\(folder)/\(Self.weights): has no tensors; the adapter is empty")
    }
    return linear.entries.filter { found[$0.module] != nil }
  }

  /// A and B of a module.
  func values(
    _ names: (a: String, b: String), outputs: Int, _ inputs: Int, of model: String
  ) throws -> [(name: String, tensor: Tensor)] {
    let rank = try json.int("r")
    return try [(names.a, [rank, inputs]), (names.b, [outputs, rank])].map { name, shape in
      let module = String(name.dropFirst(Self.prefix.count))
      guard let raw = stored(name) else { throw try problem(module, model) }
      guard raw.shape == shape, let format = FloatFormat(raw.type) else {
        throw FileError(
          "\(folder)/\(Self.weights): tensor `\(raw.name)` is \(raw.type.rawValue) \(raw.shape), should "
            + "be real numbers of \(shape) for \(model)"
            + (try base.map { "; the adapter was made for `\($0)`: start from that model (-m)" }
              ?? ""))
      }
      return (name, try raw.withBytes { Tensor(shape, raising: $0, from: format) })
    }
  }

  /// A tensor by the name that it has here; in the file another may stand before the network's.
  private func stored(_ name: String) -> RawTensor? {
    file[name]
      ?? file.names.first { other in
        other.hasPrefix(Self.prefix) && other.hasSuffix("." + name.dropFirst(Self.prefix.count))
      }.flatMap { file[$0] }
  }

  private static let ends = [".lora_A.weight", ".lora_B.weight"]

  private func problem(_ what: String, _ model: String) throws -> FileError {
    let base = try self.base.map { "`\($0)`" } ?? "another model"
    return FileError(
      "\(folder): the adapter changes `\(what)`, which \(model) does not have so; the adapter was made "
        + "for \(base): start from that model (-m)")
  }
}
