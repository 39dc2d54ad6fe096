import ModelFiles

extension SentencePieceFamily {
  /// What the family's class does to text.
  /// - Parameters:
  ///   - config: tokenizer_config.json
  ///   - charsmap: the SentencePiece model's own rules as a normalizer, if it has some
  func normalizer(_ config: JSON, charsmap: JSONValue?) throws -> JSONValue {
    let rules = charsmap.map { [$0] } ?? []
    let parts: [JSONValue] =
      switch self {
      case .xlmroberta, .camembert, .t5: rules
      case .albert, .xlnet: try quotesAndAccents(config) + rules
      case .debertav2:
        try Self.lowercase(config, default: false) + [
          [
            "type": "Replace", "pattern": ["Regex": #"\s{2,}|[\n\r\t]"#], "content": " ",
          ], ["type": "NFC"], ["type": "Strip", "strip_left": false, "strip_right": true],
        ]
      case .llama: []
      case .gemma: [Self.replace(" ", "▁")]
      case .tokenizersbackend: rules + [Self.replace(" ", "▁")]
      }
    return ["type": "Sequence", "normalizers": .array(parts)]
  }

  private static func replace(_ text: String, _ content: String) -> JSONValue {
    ["type": "Replace", "pattern": ["String": .string(text)], "content": .string(content)]
  }

  private static func lowercase(
    _ config: JSON, default isDefault: Bool
  ) throws -> [JSONValue] {
    try config.flag("do_lower_case", default: isDefault) ? [["type": "Lowercase"]] : []
  }

  /// What ALBERT and XLNet do before the model's own rules.
  private func quotesAndAccents(_ config: JSON) throws -> [JSONValue] {
    var parts = ["``", "''"].map { Self.replace($0, "\"") }
    if try self == .xlnet || !config.flag("keep_accents", default: false) {
      parts += [["type": "NFKD"], ["type": "StripAccents"]]
    }
    return try parts + Self.lowercase(config, default: self == .albert)
  }

  /// How the family's class splits text.
  func preTokenizer(_ config: JSON) throws -> JSONValue {
    func metaspace(_ scheme: String, splits: Bool = true) -> JSONValue {
      [
        "type": "Metaspace", "replacement": "▁", "prepend_scheme": .string(scheme),
        "split": .bool(splits),
      ]
    }
    let addsSpace = try config.flag("add_prefix_space", default: true)
    let parts: [JSONValue] =
      switch self {
      case .xlnet, .t5: [["type": "WhitespaceSplit"], metaspace("always")]
      case .xlmroberta, .camembert, .albert:
        [["type": "WhitespaceSplit"], metaspace(addsSpace ? "always" : "never")]
      case .debertav2:
        (try config.flag("split_by_punct", default: false)
          ? [["type": "Punctuation", "behavior": "Isolated"]] : [])
          + [metaspace(addsSpace ? "always" : "first")]
      case .llama:
        [
          metaspace(
            try addsSpace ? config.flag("legacy", default: false) ? "always" : "first" : "never",
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
