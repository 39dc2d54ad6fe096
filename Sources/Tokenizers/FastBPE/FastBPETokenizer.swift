import ModelFiles

/// Makes the tokenizers of FlauBERT and XLM, which exist only in Python: as in transformers 4.57
/// with sacremoses 0.2.0, called by sentence-transformers 5.1 (later ones cannot load such models).
enum FastBPETokenizer {
  /// The names that `TokenizerFiles` uses.
  enum Family: String, CaseIterable {
    case flaubert, xlm
  }

  private static let defaults = [
    "unk_token": "<unk>", "bos_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>",
    "cls_token": "</s>", "mask_token": "<special1>",
  ]

  /// Reads vocab.json, merges.txt and, if present, special_tokens_map.json and
  /// added_tokens.json.
  /// - Parameters:
  ///   - config: tokenizer_config.json.
  ///   - lowercasingFirst: `do_lower_case` of sentence_bert_config.json.
  static func make(
    _ family: Family, folder: String, config: JSON, lowercasingFirst: Bool
  ) throws -> Tokenizer {
    let tokens = try SpecialTokens(
      folder: folder, config: config, defaults: defaults,
      additional: (0..<10).map { "<special\($0)>" }, joinsLists: true)
    let model = try FastBPE(
      vocabulary: Vocabulary(JSON(file: "\(folder)/vocab.json")),
      merges: readText("\(folder)/merges.txt"),
      unknown: tokens.required("unk_token").text)
    let added = try PythonAddedTokens(tokens, model.vocabulary)
    let dropsAccents =
      try family == .xlm && config.bool("do_lowercase_and_remove_accent", default: true)
    var preparation: any Normalizer = StrippedText(lowercases: lowercasingFirst)
    if dropsAccents {
      preparation = NormalizerSequence([preparation, try GuardedLowercase(tokens.guarded)])
    }
    return try Tokenizer(
      preparation: preparation, addedTokens: try AddedTokens(added.found),
      normalizer: try normalizer(family, config),
      preTokenizer: MosesPreTokenizer(
        family == .xlm ? .english : .french, dropsAccents: dropsAccents),
      model: model, postProcessor: try template(tokens, added.ids))
  }

  private static func normalizer(_ family: Family, _ config: JSON) throws -> any Normalizer {
    switch family {
    case .flaubert: NormalizerSequence([try FlauBERTNormalizer(config), MosesNormalizer(.french)])
    case .xlm: MosesNormalizer(.english)
    }
  }

  /// `<s>` text `</s>`; for a pair, followed by the second text and `</s>`.
  private static func template(
    _ tokens: SpecialTokens, _ ids: [[UInt8]: Int32]
  ) throws -> TemplateProcessing {
    let first = try tokens.required("bos_token")
    let last = try tokens.required("sep_token")
    func special(_ token: SpecialTokens.Token, _ segment: Int32) -> TemplateProcessing.Part {
      .special(name: token.text, ids: [ids[token.content] ?? 0], segment: segment)
    }
    let single = [special(first, 0), .first(segment: 0), special(last, 0)]
    return TemplateProcessing(
      single: single, pair: single + [.second(segment: 1), special(last, 1)])
  }
}
