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
  private static let byteLevelFamilies = ["", "longformer", "roberta"]

  /// The tokenizer of a model folder, from tokenizer.json if it is there; else, by what is there,
  /// from a SentencePiece model, vocab.txt, or vocab.json with merges.txt. What these mean depends
  /// on `tokenizer_class` of tokenizer_config.json or else on `modelType`.
  /// - Parameters:
  ///   - modelType: `model_type` of config.json, if there is one.
  ///   - lowercasingFirst: `do_lower_case` of sentence_bert_config.json.
  ///   - adding: tokens that are added to those of tokenizer.json, in its form. Where there is no
  ///     such file they are not looked at, since the other files' tokens are all read here.
  /// - Throws: if there is no tokenizer, naming all that was looked for.
  package static func tokenizer(
    folder: String, modelType: String? = nil, lowercasingFirst: Bool = false, adding: [JSON] = []
  ) throws -> Tokenizer {
    if let family = try fastBPE(folder: folder, modelType: modelType) {
      return try FastBPETokenizer.make(
        family, folder: folder, config: config(folder), lowercasingFirst: lowercasingFirst)
    }
    return try Tokenizer(
      equivalent(folder: folder, modelType: modelType), lowercasingFirst: lowercasingFirst,
      adding: fileExists("\(folder)/tokenizer.json") ? adding : [])
  }

  /// The tokenizer of a WordEmbeddings module.
  /// - Parameter folder: the module's own.
  package static func wordTokenizer(folder: String) throws -> any TextTokenizer {
    let path = "\(folder)/whitespacetokenizer_config.json"
    if fileExists(path) { return try WhitespaceTokenizer(JSON(file: path).object()) }
    let phrases = "\(folder)/phrasetokenizer_config.json"
    if fileExists(phrases) { return try PhraseTokenizer(JSON(file: phrases).object()) }
    throw FileError(
      "\(folder) holds no word tokenizer: looked for whitespacetokenizer_config.json and "
        + "phrasetokenizer_config.json")
  }

  /// FlauBERT or XLM if the folder's tokenizer is theirs, which no tokenizer.json can describe.
  static func fastBPE(
    folder: String, modelType: String?
  ) throws -> FastBPETokenizer.Family? {
    let names = ["vocab.json", "merges.txt"]
    guard !fileExists("\(folder)/tokenizer.json"),
      names.allSatisfy({ fileExists("\(folder)/\($0)") })
    else { return nil }
    return try FastBPETokenizer.Family(rawValue: family(config(folder), modelType))
  }

  /// tokenizer.json, or what it would be if the folder's other files were written as one. Then it
  /// says already what tokenizer_config.json does.
  package static func equivalent(folder: String, modelType: String?) throws -> JSON {
    if fileExists("\(folder)/tokenizer.json") { return try JSON(file: "\(folder)/tokenizer.json") }
    let config = try config(folder)
    let family = try family(config, modelType)
    if let name = sentencePieceNames.first(where: { fileExists("\(folder)/\($0)") }) {
      return try SentencePieceFile.json(
        folder: folder, name: name, config: config, family: family, modelType: modelType)
    }
    if fileExists("\(folder)/vocab.txt") {
      try check("\(folder)/vocab.txt", family, wordPieceFamilies)
      return try BERTVocabularyFile.json(
        folder: folder, config: config, family: family == "mpnet" ? .mpnet : .bert)
    }
    if fileExists("\(folder)/vocab.json"), fileExists("\(folder)/merges.txt") {
      try check("\(folder)/vocab.json", family, byteLevelFamilies)
      return try ByteLevelVocabularyFiles.json(folder: folder, config: config)
    }
    throw FileError(
      "\(folder) holds no tokenizer: looked for tokenizer.json, "
        + sentencePieceNames.joined(separator: ", ")
        + ", vocab.txt, and vocab.json with merges.txt")
  }

  private static func check(_ path: String, _ family: String, _ known: [String]) throws {
    guard !known.contains(family) else { return }
    let list = known.filter { !$0.isEmpty }.joined(separator: ", ")
    throw FileError(
      "\(path): the tokenizer family `\(family)` is not supported; known are \(list). "
        + "Save the tokenizer as tokenizer.json")
  }

  /// tokenizer_config.json, or an object without members if there is none.
  private static func config(_ folder: String) throws -> JSON {
    let path = "\(folder)/tokenizer_config.json"
    if fileExists(path) { return try JSON(file: path).object() }
    return try JSON(Array("{}".utf8), name: path)
  }

  /// The tokenizer's class in lower case without `Tokenizer` and `Fast`, or else, if it names no
  /// family, the model's type without hyphens.
  private static func family(_ config: JSON, _ modelType: String?) throws -> String {
    let name = try config.present("tokenizer_class")?.string() ?? ""
    if ["", "PreTrainedTokenizer", "PreTrainedTokenizerFast", "TokenizersBackend"].contains(name) {
      return modelType?.lowercased().filter { $0 != "-" && $0 != "_" } ?? ""
    }
    var family = name.lowercased()
    for ending in ["fast", "tokenizer"] where family.hasSuffix(ending) {
      family.removeLast(ending.count)
    }
    return family
  }
}
