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
    let found = Self.names.first(where: entry.folder.has)
    json = entry.isBare ? nil : try found.flatMap(entry.folder.objectIfPresent)
    countsTextOnly = entry.formerType != nil
    lowercasesFirst = try json?.bool("do_lower_case", default: false) ?? false
    warnings = try entry.isBare ? found.map { [Self.unread($0)] } ?? [] : Self.ignored(json)
  }

  private static func unread(_ name: String) -> String {
    "\(name) is not read where there is no modules.json, as in sentence-transformers"
  }

  /// Arguments for Python's classes, which nothing here takes.
  private static func ignored(_ json: JSON?) throws -> [String] {
    let arguments = [
      "model_args", "model_kwargs", "tokenizer_args", "processor_kwargs", "config_args",
      "config_kwargs", "tokenizer_name_or_path",
    ]
    return try arguments.compactMap { key in
      guard let json, let value = try json.present(key), value.kind == .string || value.count > 0
      else { return nil }
      return "\(json.name): `\(key)` is not used"
    }
  }

  /// Refuses what makes other tokens of a text than its tokenizer does.
  func checkTokens() throws {
    guard let json else { return }
    if let modalities = try json.present("modality_config"),
      try modalities.object()["message"] != nil
    {
      throw FileError(
        "\(json.name): `modality_config` has `message`: texts go through a chat template, which is "
          + "not done here")
    }
    for key in ["query_length", "document_length", "query_expansion"]
    where try json.present(key) != nil {
      throw FileError(
        "\(json.name): `\(key)` is of models that give a text many vectors, which are not read")
    }
    guard let processing = try json.present("processing_kwargs") else { return }
    for key in ["common", "text", "chat_template"] {
      if let value = try processing.present(key), value.count > 0 {
        throw FileError(
          "\(json.name): `processing_kwargs` says something of `\(key)`, which is not done")
      }
    }
  }

  /// Refuses other outputs of a network than its tokens' vectors.
  func checkNetwork() throws {
    guard let json else { return }
    try require("transformer_task", "feature-extraction", in: json)
    guard let modalities = try json.present("modality_config") else { return }
    guard let text = try modalities.present("text") else {
      throw FileError(
        "\(json.name): `modality_config` has no `text`; the model does not read texts")
    }
    try require("method", "forward", in: text)
    try require("method_output_name", "last_hidden_state", in: text)
    try require("module_output_name", "token_embeddings", in: json)
  }

  private func require(_ key: String, _ value: String, in json: JSON) throws {
    guard let found = try json.present(key) else { return }
    guard found.kind == .string, try found.string() == value else {
      throw FileError(
        "\(json.name): `\(key)` is \(found.found); only `\(value)` is computed, which gives the "
          + "vectors of tokens")
    }
  }
}
