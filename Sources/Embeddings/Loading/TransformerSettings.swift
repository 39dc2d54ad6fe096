import ModelFiles

/// The settings of a Transformer module, in sentence_bert_config.json or a file of an older name.
struct TransformerSettings: Sendable {
  // In the order in which sentence-transformers looks for them.
  private static let names = [
    "bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet",
  ].map { "sentence_\($0)_config.json" }

  /// `nil` where there is no such file.
  let json: JSON?
  let lowercasesFirst: Bool
  /// Whether `max_seq_length` counts the text's own tokens only, as before 0.3.
  let countsTextOnly: Bool
  let warnings: [String]

  /// - Parameter entry: a bare network's settings are not read, as sentence-transformers does not
  init(_ entry: ModuleEntry) throws {
    let found = try Self.file(of: entry)
    try self.init(
      entry.isBare ? nil : found.flatMap { try entry.folder.objectIfPresent($0) },
      countsTextOnly: entry.formerType != nil,
      warnings: entry.isBare ? found.map { [Self.unread($0)] } ?? [] : [])
  }

  /// The name of a module's file of settings; `nil` where it has none.
  static func file(of entry: ModuleEntry) throws -> String? {
    try names.first(where: entry.folder.has)
  }

  init(_ json: JSON?, countsTextOnly: Bool = false, warnings: [String] = []) throws {
    (self.json, self.countsTextOnly) = (json, countsTextOnly)
    lowercasesFirst = try json?.flag("do_lower_case", default: false) ?? false
    // Where one is is found by going through all before it, so not of each of thousands.
    let unused = try Self.arguments(json, Self.modelArguments)?.members.prefix(100).map {
      "\($0.value.place) is not used"
    }
    self.warnings = warnings + (unused ?? [])
  }

  private static func unread(_ name: String) -> String {
    "\(name) is not read where there is no modules.json, as in sentence-transformers"
  }

  /// Members that count in the place of those of tokenizer_config.json.
  var tokenizerArguments: JSON? {
    get throws { try Self.arguments(json, ("tokenizer_args", "processor_kwargs")) }
  }

  /// tokenizer_config.json, with what counts in its place.
  func tokenizerConfig(_ folder: ModelFolder) throws -> JSON {
    let fields = try tokenizerArguments?.members.map { (try $0.key.string(), JSONValue($0.value)) }
    let path = folder.path(of: "tokenizer_config.json")
    return try folder.files.json(path, replacing: fields ?? []).object()
  }

  /// Members that count in the place of those of config.json. transformers takes no others than those
  /// that its class has, which is not known here: what the file lacks is refused.
  func configFields(of config: JSON) throws -> [(String, JSONValue)] {
    guard let arguments = try Self.arguments(json, ("config_args", "config_kwargs")) else {
      return []
    }
    let known = Set(config.keys)
    return try arguments.members.compactMap { key, value in
      let name = try key.string()
      if Self.harmlessArguments.contains(name) { return nil }
      guard known.contains(name) else {
        throw FileError(
          "\(value.place): config.json has no `\(name)`, and whether it counts here depends on its "
            + "class; write it into config.json, or remove it")
      }
      return (name, JSONValue(value))
    }
  }

  /// An object of arguments by its first name, which counts where both are there, or its later one.
  private static func arguments(
    _ json: JSON?, _ names: (old: String, new: String)
  ) throws -> JSON? {
    try (json?.present(names.old) ?? json?.present(names.new))?.object()
  }

  private static let modelArguments = (old: "model_args", new: "model_kwargs")

  // How the weights get into memory, and which kernels compute.
  private static let harmlessArguments: Set<String> = [
    "add_pooling_layer", "attn_implementation", "cache_dir", "device_map", "dtype",
    "low_cpu_mem_usage", "revision", "token", "torch_dtype", "trust_remote_code",
    "use_safetensors",
  ]

  /// Refuses arguments for the network that could change its vectors.
  private func checkModelArguments() throws {
    guard let arguments = try Self.arguments(json, Self.modelArguments) else { return }
    for (key, value) in arguments.members {
      let name = try key.string()
      guard Self.harmlessArguments.contains(name) || value.isNull else {
        throw FileError(
          "\(value.place) is \(value.found), which is not followed here; remove it if the vectors do "
            + "not depend on it")
      }
    }
  }

  /// Refuses what makes other tokens of a text than its tokenizer does.
  /// - Parameter isLate: whether lengths of queries and documents are followed
  func checkTokens(isLate: Bool = false) throws {
    guard let json else { return }
    if let name = try json.present("tokenizer_name_or_path") {
      throw FileError(
        "\(name.place) is \(name.found): the tokenizer is of another model, which is not looked for; "
          + "copy its files into the model's directory and remove the key")
    }
    for key in ["query_length", "document_length", "query_expansion"]
    where try !isLate && json.present(key) != nil {
      throw FileError(
        "\(json.name): `\(key)` is of models that give a text many vectors, and this is none; remove it"
      )
    }
    guard let processing = try json.present("processing_kwargs") else { return }
    for key in ["common", "text", "chat_template"] {
      guard let value = try processing.present(key), value.count > 0 else { continue }
      // The one that is followed, where there is a chat template.
      if key == "chat_template", value.count == 1, value["restore_suffix"] != nil { continue }
      throw FileError(
        "\(json.name): `processing_kwargs` says something of `\(key)`, which is not done")
    }
  }

  /// Refuses other outputs of a network than these.
  func checkNetwork(_ outputs: NetworkOutputs) throws {
    try checkModelArguments()
    guard let json, let modalities = try json.present("modality_config") else { return }
    guard let text = try modalities.present("text") else {
      throw FileError(
        "\(json.name): `modality_config` has no `text`; the model does not read texts")
    }
    // Texts go in as messages where there are such.
    let read = try modalities.present("message") ?? text
    try require("method", outputs.call, in: read)
    try require("method_output_name", outputs.output, in: read)
    try require("module_output_name", outputs.module, in: json)
  }

  private func require(_ key: String, _ value: String, in json: JSON) throws {
    guard let found = try json.present(key) else { return }
    guard found.kind == .string, try found.string() == value else {
      throw FileError(
        "\(json.name): `\(key)` is \(found.found); only `\(value)` is computed for the network's task"
      )
    }
  }
}
