import ModelFiles

/// FlauBERT's tokenizer, which exists in Python alone: transformers 4.57 with sacremoses 0.2.0, as
/// sentence-transformers 5.1 calls it (later ones cannot load such models).
enum FlauBERTTokenizer {
  private static let defaults = [
    "unk_token": "<unk>", "bos_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>",
    "cls_token": "</s>", "mask_token": "<special1>",
  ]

  /// Reads vocab.json, merges.txt and, where they are, special_tokens_map.json and
  /// added_tokens.json.
  /// - Parameters:
  ///   - config: tokenizer_config.json.
  ///   - lowercasingFirst: `do_lower_case` of sentence_bert_config.json.
  static func make(folder: String, config: JSON, lowercasingFirst: Bool) throws -> Tokenizer {
    let tokens = try SpecialTokens(
      folder: folder, config: config, defaults: defaults,
      additional: (0..<10).map { "<special\($0)>" })
    let model = try FastBPE(
      vocabulary: JSON(file: "\(folder)/vocab.json"), merges: readText("\(folder)/merges.txt"),
      unknown: tokens.required("unk_token").text)
    let all = try tokens.all.map(plain)
    let file = EquivalentFile(addedTokens: all)
    let added = try AddedTokens(file.addedTokensJSON(), model, nil)
    return Tokenizer(
      preparation: StrippedText(lowercases: lowercasingFirst), addedTokens: added,
      normalizer: try FlauBERTNormalizer(config), preTokenizer: MosesPreTokenizer(), model: model,
      postProcessor: try template(tokens, model.vocabulary.ids(of: all, free: model.pieceCount)))
  }

  /// A token that is found in the text as given. White space that it takes beside it is of no
  /// account, as the ends of what remains are not looked at.
  private static func plain(_ token: SpecialTokens.Token) throws -> SpecialTokens.Token {
    guard !token.singleWord else {
      throw FileError(
        "the token `\(token.text)` has `single_word`, which is not supported in FlauBERT's files")
    }
    return SpecialTokens.Token(content: token.content, special: token.special)
  }

  /// `<s>` text `</s>`.
  private static func template(
    _ tokens: SpecialTokens, _ ids: [[UInt8]: Int32]
  ) throws -> TemplateProcessing {
    let first = try tokens.required("bos_token").content
    let last = try tokens.required("sep_token").content
    var template = WrittenTemplate()
    template.addSpecial(first, id: ids[first] ?? 0)
    template.addText()
    template.addSpecial(last, id: ids[last] ?? 0)
    return try TemplateProcessing(JSON(template.bytes, name: "tokenizer_config.json"))
  }
}
