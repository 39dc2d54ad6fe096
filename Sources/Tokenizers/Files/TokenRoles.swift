import ModelFiles

/// The tokens that transformers knows by the part they play: `mask_token`, `unk_token`, …
struct TokenRoles: Sendable {
  private var tokens: [String: String] = [:]

  /// Of a tokenizer that no file of a model names parts for.
  init() {}

  /// - Parameter tokens: those that the files name, and the defaults of the tokenizer's class
  init(_ tokens: SpecialTokens) {
    for role in SpecialTokens.roles { self.tokens[role] = tokens[role]?.text }
  }

  /// The parts in a folder without tokenizer.json: what the tokenizer's class, or else the kind of
  /// file, has by default, where the files say nothing.
  init(folder: String, config: JSON, model: JSON?, files: ConfigurationFiles) throws {
    let stages = try Stages.known[TokenizerClass(config, model: model).name]?(config, nil)
    let kinds = [
      ("vocab.txt", BERTVocabularyFile.Family.bert.defaults),
      ("merges.txt", ByteLevelVocabularyFiles.defaults),
    ]
    let defaults =
      try stages?.defaults ?? kinds.first { try fileExists("\(folder)/\($0.0)") }?.1 ?? [:]
    self.init(
      try SpecialTokens(folder: folder, config: config, defaults: defaults, files: files))
  }

  /// The text of the token with that part; `nil` where none has it.
  subscript(_ role: String) -> String? { tokens[role] }
}

extension Tokenizer {
  /// The id of the token that plays a part, as `mask_token`; `nil` where none does, or it is not in
  /// the vocabulary.
  package func id(ofRole role: String) -> Int32? { roles[role].flatMap(id(of:)) }

  /// The text of the token that plays a part.
  package func token(ofRole role: String) -> String? { roles[role] }

  /// What `convert_tokens_to_ids` of transformers gives: the id of an entry of the vocabulary, else
  /// that of the unknown token; `nil` where there is none.
  package func idOrUnknown(of token: String) -> Int32? { id(of: token) ?? id(ofRole: "unk_token") }

  /// The same tokenizer, which finds these entries of its vocabulary in a text as it is given, before
  /// anything is done to it, and never as parts of others.
  /// - Parameter contents: those that are not in the vocabulary change nothing
  package func finding(_ contents: [String]) throws -> Tokenizer {
    let known = contents.compactMap { content in id(of: content).map { (id: $0, content: content) }
    }
    guard !known.isEmpty else { return self }
    var tokenizer = self
    tokenizer.addedTokens = try addedTokens.adding(
      known.map {
        (
          $0.id,
          AddedToken(
            content: Array($0.content.utf8), leftStrip: false, rightStrip: false, special: true)
        )
      })
    return tokenizer
  }
}
