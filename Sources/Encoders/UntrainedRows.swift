import ModelFiles

/// A row of a table that is not trained, even where a text has it: that of padding, by which torch's
/// tables with a `padding_idx` have no derivative.
package struct UntrainedRow: Sendable, Equatable {
  /// What the tensor's name ends in, from a dot or a slash on.
  package let suffix: String
  package let row: Int32

  /// Whether it is of the tensor with this name.
  package func isOf(_ name: String) -> Bool {
    guard name.hasSuffix(suffix) else { return false }
    let before = name.utf8.dropLast(suffix.utf8.count).last
    return before.map { [UInt8(ascii: "."), UInt8(ascii: "/")].contains($0) } ?? true
  }
}

extension Architectures {
  /// The rows of a network's tables that are not trained.
  /// - Throws: where the id of padding is no row.
  package static func untrainedRows(_ config: ModelConfig) throws -> [UntrainedRow] {
    let type = try name(config)
    // Its code has the id, whatever the configuration says.
    if type == "mpnet" { return rows(["word_embeddings", "position_embeddings"], 1) }
    guard let padding = try paddingRow(config, type) else { return [] }
    return rows(paddedTables[type] ?? ["word_embeddings"], padding)
  }

  private static func rows(_ tables: [String], _ row: Int32) -> [UntrainedRow] {
    tables.map { UntrainedRow(suffix: "\($0).weight", row: row) }
  }

  /// Tables with a row for padding, where they are others than that of words by BERT's name.
  private static let paddedTables: [String: [String]] = {
    let positioned = ["word_embeddings", "position_embeddings"]
    let decoder = ["embed_tokens"]
    return [
      "camembert": positioned, "longformer": positioned, "luke": positioned,
      "roberta": positioned, "xlm-roberta": positioned,
      "flaubert": ["embeddings"], "xlm": ["embeddings"],
      "embedding_gemma2_text": decoder, "eurobert": decoder, "gemma": decoder, "gemma2": decoder,
      "gemma3_text": decoder,
      "lfm2": decoder, "llama": decoder, "mistral": decoder, "qwen2": decoder, "qwen3": decoder,
      "modernbert": ["tok_embeddings"],
      "clip_text_model": [], "mt5": [], "t5": [], "xlnet": [],
    ]
  }()

  // What transformers takes for `pad_token_id` where config.json lacks it, if not 0.
  private static let paddings: [String: Int?] = [
    "camembert": 1, "eurobert": 128_001, "flaubert": 2, "gte": 1, "jina_embeddings_v3": 1,
    "llama": nil, "longformer": 1, "luke": 1, "mistral": nil, "modernbert": 50_283, "new": nil,
    "qwen2": nil, "qwen3": nil, "roberta": 1, "xlm": 2, "xlm-roberta": 1,
    "xlm-roberta/rotary": 1,
  ]

  /// The id of padding; `nil` where there is none, which null says too.
  private static func paddingRow(_ config: ModelConfig, _ type: String) throws -> Int32? {
    let json = config.json
    if json["pad_token_id"]?.kind == .null { return nil }
    // GPT-2's configuration, which NomicBERT's own code takes its from, knows of none.
    let isNomics = try type == "nomic_bert" && json.present("n_embd") != nil
    let fallback = isNomics ? nil : paddings[type] ?? 0
    guard let padding = try json.present("pad_token_id")?.int() ?? fallback else { return nil }
    let words = try config.count(
      json.present("vocab_size") == nil && json.present("n_words") != nil
        ? "n_words" : "vocab_size")
    // torch counts a negative one from the end.
    guard (-words..<words).contains(padding) else {
      throw FileError(
        "\(json.name): `pad_token_id` is \(padding), should be below the number of words, \(words)")
    }
    return Int32(padding < 0 ? padding + words : padding)
  }
}
