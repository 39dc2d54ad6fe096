import ModelFiles

extension SentencePieceFile {
  /// What the family's class does to text.
  func normalizer() throws -> JSONValue {
    let parts: [JSONValue] =
      switch family {
      case .xlmroberta, .camembert, .t5: charsmap
      case .albert, .xlnet: try quotesAndAccents() + charsmap
      case .debertav2:
        try lowercase(default: false) + [
          [
            "type": "Replace", "pattern": ["Regex": #"\s{2,}|[\n\r\t]"#], "content": " ",
          ], ["type": "NFC"], ["type": "Strip", "strip_left": false, "strip_right": true],
        ]
      case .llama: []
      case .gemma: [Self.replace(" ", "▁")]
      case .tokenizersbackend: charsmap + [Self.replace(" ", "▁")]
      }
    return ["type": "Sequence", "normalizers": .array(parts)]
  }

  private static func replace(_ text: String, _ content: String) -> JSONValue {
    ["type": "Replace", "pattern": ["String": .string(text)], "content": .string(content)]
  }

  private var charsmap: [JSONValue] {
    if model.charsmap.isEmpty { return [] }
    let text = base64Encoded(model.charsmap)
    return [["type": "Precompiled", "precompiled_charsmap": .string(text)]]
  }

  private func lowercase(default isDefault: Bool) throws -> [JSONValue] {
    try config.bool("do_lower_case", default: isDefault) ? [["type": "Lowercase"]] : []
  }

  /// What ALBERT and XLNet do before the model's own rules.
  private func quotesAndAccents() throws -> [JSONValue] {
    var parts = ["``", "''"].map { Self.replace($0, "\"") }
    if try family == .xlnet || !config.bool("keep_accents", default: false) {
      parts += [["type": "NFKD"], ["type": "StripAccents"]]
    }
    return try parts + lowercase(default: family == .albert)
  }

  /// How the family's class splits text.
  func preTokenizer() throws -> JSONValue {
    func metaspace(_ scheme: String, splits: Bool = true) -> JSONValue {
      [
        "type": "Metaspace", "replacement": "▁", "prepend_scheme": .string(scheme),
        "split": .bool(splits),
      ]
    }
    let addsSpace = try config.bool("add_prefix_space", default: true)
    let parts: [JSONValue] =
      switch family {
      case .xlnet, .t5: [["type": "WhitespaceSplit"], metaspace("always")]
      case .xlmroberta, .camembert, .albert:
        [["type": "WhitespaceSplit"], metaspace(addsSpace ? "always" : "never")]
      case .debertav2:
        (try config.bool("split_by_punct", default: false)
          ? [["type": "Punctuation", "behavior": "Isolated"]] : [])
          + [metaspace(addsSpace ? "always" : "first")]
      case .llama:
        [
          metaspace(
            try addsSpace ? config.bool("legacy", default: false) ? "always" : "first" : "never",
            splits: false)
        ]
      case .gemma:
        [
          [
            "type": "Split", "pattern": ["String": " "], "behavior": "MergedWithPrevious",
            "invert": false,
          ]
        ]
      case .tokenizersbackend: []
      }
    return ["type": "Sequence", "pretokenizers": .array(parts)]
  }
}
