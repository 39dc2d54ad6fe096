package import ModelFiles

extension TokenizerFiles {
  /// A folder's tokenizer.json, or what it would be, changed to add, cut and pad nothing: what a
  /// table of vectors reads its texts with.
  /// - Parameters: as of `tokenizer`
  /// - Throws: for tokenizers that no tokenizer.json describes.
  package static func plain(
    folder: String, model: JSON?, lowercasingFirst: Bool
  ) throws -> JSON {
    let files = ConfigurationFiles()
    let config = try config(folder, files)
    guard try fastBPE(folder: folder, config: config, model: model) == nil,
      try !isPhoBERT(folder: folder, config: config, model: model),
      try !isJapanese(folder: folder, config: config, model: model)
    else {
      throw FileError(
        "\(folder): the tokenizer is FlauBERT's, XLM's, PhoBERT's or that of Japanese BERTs, which "
          + "tokenizer.json cannot describe")
    }
    var json = try equivalent(folder: folder, model: model, config: config, files: files)
    var changed = ["truncation", "padding", "post_processor"].map { ($0, JSONValue.null) }
    if try fileExists("\(folder)/tokenizer.json"),
      let stages = try TokenizerClass(config, model: model).stages(json, config)
    {
      json = try json.replacing([
        ("normalizer", stages.normalizer), ("pre_tokenizer", stages.preTokenizer),
      ])
    }
    if lowercasingFirst, let lowered = try lowercased(json.present("normalizer")) {
      changed.append(("normalizer", lowered))
    }
    return try json.replacing(changed)
  }

  /// A normalizer behind one that makes lower case; `nil` where it is that one already.
  private static func lowercased(_ normalizer: JSON?) throws -> JSONValue? {
    let lowercase: JSONValue = ["type": "Lowercase"]
    guard let normalizer else { return lowercase }
    guard try normalizer.string("type") != "Lowercase" else { return nil }
    return ["type": "Sequence", "normalizers": [lowercase, JSONValue(normalizer)]]
  }
}
