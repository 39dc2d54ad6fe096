package import ModelFiles

/// A model folder's tokenizer, whichever files hold it.
package enum TokenizerFiles {
  /// Names of SentencePiece models, in the order in which they are looked for.
  static let sentencePieceNames = [
    "sentencepiece.bpe.model", "spiece.model", "spm.model", "tokenizer.model",
  ]

  /// Families (see `family`) whose vocab.txt is BERT's, and whose vocab.json is RoBERTa's. The
  /// empty name is a folder that does not say.
  private static let wordPieceFamilies = [
    "", "bert", "convbert", "distilbert", "electra", "ernie", "jinabert", "layoutlm", "mobilebert",
    "mpnet", "new", "nomicbert", "roberta", "squeezebert",
  ]
  private static let byteLevelFamilies = ["", "clip", "cliptextmodel", "longformer", "roberta"]

  /// The tokenizer of a model folder, as the class of transformers reads it that the files name:
  /// from tokenizer.json if it is there; else, by what is there, from a SentencePiece model,
  /// vocab.txt, or vocab.json with merges.txt.
  /// - Parameters:
  ///   - model: config.json, if there is one.
  ///   - config: tokenizer_config.json, where the caller has changed it.
  ///   - files: reads the folder's files.
  ///   - lowercasingFirst: `do_lower_case` of sentence_bert_config.json.
  /// - Throws: if there is no tokenizer, naming all that was looked for.
  package static func tokenizer(
    folder: String, model: JSON? = nil, config: JSON? = nil,
    files: ConfigurationFiles = ConfigurationFiles(), lowercasingFirst: Bool = false
  ) throws -> Tokenizer {
    let config = try config ?? self.config(folder, files)
    if let family = try fastBPE(folder: folder, config: config, model: model) {
      return try FastBPETokenizer.make(
        family, folder: folder, config: config, lowercasingFirst: lowercasingFirst)
    }
    if try isPhoBERT(folder: folder, config: config, model: model) {
      return try PhoBERTTokenizer.make(folder: folder, config: config, files: files)
    }
    if try isJapanese(folder: folder, config: config, model: model) {
      return try JapaneseTokenizer.make(folder: folder, config: config, files: files)
    }
    let json = try equivalent(folder: folder, model: model, config: config, files: files)
    guard try files.has("\(folder)/tokenizer.json") else {
      var tokenizer = try Tokenizer(json, lowercasingFirst: lowercasingFirst)
      tokenizer.roles = try TokenRoles(
        folder: folder, config: config, model: model, files: files)
      return tokenizer
    }
    let stages = try TokenizerClass(config, model: model).stages(json, config)
    let tokens = try SpecialTokens(
      folder: folder, config: config, defaults: stages?.defaults ?? [:],
      additional: stages?.additional ?? [], written: json.present("added_tokens"), files: files)
    var tokenizer = try Tokenizer(
      json, rebuilt: stages.map { RebuiltStages($0, tokens) }, lowercasingFirst: lowercasingFirst,
      tokens: tokens)
    tokenizer.roles = TokenRoles(tokens)
    return tokenizer
  }

  /// The tokenizer of a WordEmbeddings module.
  /// - Parameter folder: the module's own.
  package static func wordTokenizer(
    folder: String, files: ConfigurationFiles = ConfigurationFiles()
  ) throws -> any TextTokenizer {
    let path = "\(folder)/whitespacetokenizer_config.json"
    if try fileExists(path) { return try WhitespaceTokenizer(files.json(path).object()) }
    let phrases = "\(folder)/phrasetokenizer_config.json"
    if try fileExists(phrases) { return try PhraseTokenizer(files.json(phrases).object()) }
    throw FileError(
      "\(folder) holds no word tokenizer: looked for whitespacetokenizer_config.json and "
        + "phrasetokenizer_config.json")
  }

  /// FlauBERT or XLM if the folder's tokenizer is theirs, which no tokenizer.json can describe.
  static func fastBPE(
    folder: String, config: JSON, model: JSON?
  ) throws -> FastBPETokenizer.Family? {
    let names = ["vocab.json", "merges.txt"]
    guard try !fileExists("\(folder)/tokenizer.json"),
      try names.allSatisfy({ try fileExists("\(folder)/\($0)") })
    else { return nil }
    return try FastBPETokenizer.Family(rawValue: family(config, model))
  }

  /// Whether the folder's tokenizer is PhoBERT's, which reads no tokenizer.json either.
  static func isPhoBERT(folder: String, config: JSON, model: JSON?) throws -> Bool {
    try family(config, model) == "phobert"
      && PhoBERTTokenizer.names.allSatisfy { try fileExists("\(folder)/\($0)") }
  }

  /// Whether the folder's tokenizer is that of Japanese BERTs, which reads no tokenizer.json either.
  static func isJapanese(folder: String, config: JSON, model: JSON?) throws -> Bool {
    try family(config, model) == "bertjapanese" && fileExists("\(folder)/vocab.txt")
  }

  /// tokenizer.json as it is written, or what it would be if the folder's other files were written
  /// as one. Then it says already what tokenizer_config.json does.
  package static func equivalent(
    folder: String, model: JSON?, config: JSON? = nil,
    files: ConfigurationFiles = ConfigurationFiles()
  ) throws -> JSON {
    let path = "\(folder)/tokenizer.json"
    if try files.has(path) { return try files.json(path) }
    let config = try config ?? self.config(folder, files)
    let family = try family(config, model)
    if let name = try sentencePieceNames.first(where: { try fileExists("\(folder)/\($0)") }) {
      return try SentencePieceFile.json(
        folder: folder, name: name, config: config, family: family, model: model, files: files)
    }
    if try fileExists("\(folder)/vocab.txt") {
      try check("\(folder)/vocab.txt", family, wordPieceFamilies, config, model)
      return try BERTVocabularyFile.json(
        folder: folder, config: config, family: family == "mpnet" ? .mpnet : .bert, files: files)
    }
    if try fileExists("\(folder)/vocab.json"), try fileExists("\(folder)/merges.txt") {
      try check("\(folder)/vocab.json", family, byteLevelFamilies, config, model)
      return try ByteLevelVocabularyFiles.json(
        folder: folder, config: config, family: family.hasPrefix("clip") ? .clip : .roberta,
        files: files)
    }
    throw FileError(
      "\(folder) holds no tokenizer: looked for tokenizer.json, "
        + sentencePieceNames.joined(separator: ", ")
        + ", vocab.txt, and vocab.json with merges.txt")
  }

  private static func check(
    _ path: String, _ family: String, _ known: [String], _ config: JSON, _ model: JSON?
  ) throws {
    guard !known.contains(family) else { return }
    let list = known.filter { !$0.isEmpty }.joined(separator: ", ")
    let source =
      try TokenizerClass.declared(config, model).map { "class \($0.name) (\($0.origin))" }
      ?? "type `\(family)` (config.json: model_type)"
    throw FileError(
      "\(path): how the tokenizer \(source) reads it is not known here; known are those of \(list). "
        + "Save the tokenizer as tokenizer.json, if its class can")
  }

  /// tokenizer_config.json, or an object without members if there is none.
  package static func config(
    _ folder: String, _ files: ConfigurationFiles = ConfigurationFiles()
  ) throws -> JSON {
    let path = "\(folder)/tokenizer_config.json"
    if try files.has(path) { return try files.json(path, limit: FileLimit.configuration).object() }
    return try JSON(Array("{}".utf8), name: path)
  }

  /// The class of the tokenizer in lower case without `Tokenizer` and `Fast`, or else, if it names no
  /// family, the model's type without hyphens.
  private static func family(_ config: JSON, _ model: JSON?) throws -> String {
    let name = try TokenizerClass.declared(config, model)?.name ?? ""
    if ["", "PreTrainedTokenizer", "TokenizersBackend"].contains(name) {
      return try model?.string("model_type", default: "").lowercased().filter {
        $0 != "-" && $0 != "_"
      } ?? ""
    }
    let family = name.lowercased()
    return family.hasSuffix("tokenizer") ? String(family.dropLast(9)) : family
  }
}
