package import ModelFiles

/// Something that a model's files settle, and which of them does.
package struct Fact: Sendable, Equatable {
  package let name, value: String
  /// The file and key, or whose default it is.
  package let origin: String

  package init(_ name: String, _ value: String, from origin: String) {
    (self.name, self.value, self.origin) = (name, value, origin)
  }
}

/// What the files beside a tokenizer settle about it, and where they contradict each other.
package struct TokenizerFacts: Sendable {
  package private(set) var facts: [Fact] = []
  package private(set) var contradictions: [String] = []

  /// - Parameters: as of `TokenizerFiles.tokenizer`
  package init(
    folder: String, model: JSON?, config: JSON, files: ConfigurationFiles
  ) throws {
    let file = "\(folder)/tokenizer.json"
    guard try files.has(file) else { return }
    let tokenizer = try TokenizerClass(config, model: model)
    let json = try files.json(file)
    let stages = try tokenizer.stages(json, config)
    facts = [Fact("tokenizer class", tokenizer.name, from: tokenizer.origin)]
    try noteClasses(config, model)
    if let stages {
      facts += try Self.settings(of: tokenizer.name).map { setting in
        let value = try setting.value(config)
        return Fact(
          setting.name, value.text,
          from: value.isSet
            ? "\(lastName(of: config.name)): \(setting.key)" : "the default of \(tokenizer.name)")
      }
      try compare(json, stages, tokenizer.name)
    }
    let declares = try config.present("added_tokens_decoder") != nil
    let count = try (declares ? config : json).present(
      declares ? "added_tokens_decoder" : "added_tokens")?.count
    facts.append(
      Fact(
        "added tokens", "\(count ?? 0)",
        from: declares
          ? "tokenizer_config.json: added_tokens_decoder" : "tokenizer.json: added_tokens"
      ))
  }

  /// Two files that name different classes.
  private mutating func noteClasses(_ config: JSON, _ model: JSON?) throws {
    guard let first = try config.present("tokenizer_class")?.string(),
      let second = try model?.present("tokenizer_class")?.string(), first != second
    else { return }
    contradictions.append(
      "config.json: tokenizer_class is \(second); not used, tokenizer_config.json says \(first)")
  }

  /// Stages of tokenizer.json that the class replaces by others.
  private mutating func compare(_ json: JSON, _ stages: Stages, _ name: String) throws {
    let pairs: [(key: String, made: JSONValue, describe: (JSON) throws -> String)] = [
      ("normalizer", stages.normalizer, { try Normalizers.make($0).description }),
      ("pre_tokenizer", stages.preTokenizer, { try PreTokenizers.make($0).description }),
    ]
    for (key, made, describe) in pairs {
      func text(_ json: JSON?) -> String {
        json.map { (try? describe($0)) ?? "not known" } ?? "none"
      }
      let own = text(json[key].flatMap { $0.isNull ? nil : $0 })
      let used = text(try Self.value(made))
      if own != used {
        contradictions.append(
          "tokenizer.json: \(key) is \(own); not used, \(name) makes it \(used)")
      }
    }
  }

  private static func value(_ made: JSONValue) throws -> JSON? {
    if case .null = made { return nil }
    return try JSON(made, name: "")
  }
}

extension TokenizerFacts {
  /// A flag of tokenizer_config.json that a class follows.
  private struct Setting {
    let name, key: String
    /// `nil` where it follows the one before.
    let standard: Bool?

    func value(_ config: JSON) throws -> (text: String, isSet: Bool) {
      let isSet = try config.present(key) != nil
      guard let standard else {
        return (
          isSet ? try config.flag(key, default: false) ? "yes" : "no" : "as lower case", isSet
        )
      }
      return (try config.flag(key, default: standard) ? "yes" : "no", isSet)
    }
  }

  private static func settings(of name: String) -> [Setting] {
    func prefixSpace(_ standard: Bool) -> Setting {
      Setting(name: "space before the text", key: "add_prefix_space", standard: standard)
    }
    func lowerCase(_ standard: Bool) -> Setting {
      Setting(name: "lower case", key: "do_lower_case", standard: standard)
    }
    switch name {
    case "RobertaTokenizer", "BartTokenizer", "LongformerTokenizer", "GPT2Tokenizer",
      "Qwen2Tokenizer", "DebertaTokenizer":
      return [prefixSpace(false)]
    case "XLMRobertaTokenizer", "CamembertTokenizer": return [prefixSpace(true)]
    case "AlbertTokenizer":
      return [
        lowerCase(true), Setting(name: "keep accents", key: "keep_accents", standard: false),
        prefixSpace(true),
      ]
    case "XLNetTokenizer": return [lowerCase(false)]
    case "DebertaV2Tokenizer":
      return [
        lowerCase(false),
        Setting(name: "split at punctuation", key: "split_by_punct", standard: false),
        prefixSpace(true),
      ]
    case "CLIPTokenizer", "GemmaTokenizer", "LlamaTokenizer", "T5Tokenizer": return []
    default:
      return [
        lowerCase(true), Setting(name: "strip accents", key: "strip_accents", standard: nil),
        Setting(
          name: "split Chinese characters", key: "tokenize_chinese_chars", standard: true),
      ]
    }
  }
}
