import ModelFiles

/// Makes the tokenizer of Japanese BERTs, `BertJapaneseTokenizer`, which exists only in Python, as in
/// transformers 5.23: words by MeCab, then pieces of words, or characters.
enum JapaneseTokenizer {
  /// Reads vocab.txt and the files of special tokens beside it.
  /// - Parameter config: tokenizer_config.json
  static func make(folder: String, config: JSON, files: ConfigurationFiles) throws -> Tokenizer {
    let path = "\(folder)/vocab.txt"
    let tokens = try SpecialTokens(
      folder: folder, config: config, defaults: BERTVocabularyFile.Family.bert.defaults,
      files: files)
    let vocabulary = try vocabulary(path)
    let added = try PythonAddedTokens(tokens, vocabulary)
    let unknown = try tokens.required("unk_token").text
    let (words, model) = try (
      words(config),
      pieces(config, vocabulary, unknown, path)
    )
    func part(_ role: String, _ segment: Int32) throws -> TemplateProcessing.Part {
      let token = try tokens.required(role)
      return .special(name: token.text, ids: [added.ids[token.content] ?? 0], segment: segment)
    }
    let single = try [part("cls_token", 0), .first(segment: 0), part("sep_token", 0)]
    var tokenizer = try Tokenizer(
      preparation: NormalizerSequence([]), addedTokens: AddedTokens(added.found),
      normalizer: words.normalizer, preTokenizer: words, model: model,
      postProcessor: TemplateProcessing(
        single: single, pair: single + [.second(segment: 1), part("sep_token", 1)]))
    tokenizer.roles = TokenRoles(tokens)
    return tokenizer
  }

  /// A piece in each line, whose id is the line's number; of several with the same piece the last counts.
  private static func vocabulary(_ path: String) throws -> Vocabulary {
    try readText(path).withUnsafeBytes { text in
      var vocabulary = Vocabulary(capacity: text.count / 8)
      for (number, line) in text.pythonLines(unterminated: true).enumerated() {
        try vocabulary.insert(
          UnsafeRawBufferPointer(rebasing: text[line]), id: Int32(truncatingIfNeeded: number))
      }
      return vocabulary
    }
  }

  private static func words(_ config: JSON) throws -> JapaneseWords {
    guard try config.flag("do_word_tokenize", default: true) else {
      throw FileError("\(config.name): `do_word_tokenize` is false, which is not followed")
    }
    let kind = try config.string("word_tokenizer_type", default: "basic")
    guard kind == "mecab" else {
      throw FileError(
        "\(config.name): `word_tokenizer_type` is `\(kind)`; only `mecab` finds words here")
    }
    let settings = try config.present("mecab_kwargs")?.object()
    if let option = try settings?.present("mecab_option"), !option.isEmptyValue {
      throw FileError(
        "\(option.place) is \(option.found), which is not handed on; set \(MeCabDictionaries.variable) to "
          + "the dictionary's folder and remove the key")
    }
    let name = settings?["mecab_dic"]
    let dictionary = try MeCabDictionaries.folder(
      of: name.map { $0.isNull ? nil : try $0.string() } ?? "unidic_lite", config.name)
    return JapaneseWords(
      try MeCab(dictionary),
      normalizes: try settings?.flag("normalize_text", default: true) ?? true,
      lowercases: try config.flag("do_lower_case", default: false),
      isWithoutSpace: try config.string("subword_tokenizer_type", default: "wordpiece")
        == "wordpiece")
  }

  private static func pieces(
    _ config: JSON, _ vocabulary: Vocabulary, _ unknown: String, _ path: String
  ) throws -> any TokenModel {
    guard try config.flag("do_subword_tokenize", default: true) else {
      throw FileError("\(config.name): `do_subword_tokenize` is false, which is not followed")
    }
    let kind = try config.string("subword_tokenizer_type", default: "wordpiece")
    switch kind {
    case "wordpiece":
      return try WordPiece(vocabulary, prefix: "##", unknown: unknown, longestWord: 100, path)
    case "character": return CharacterPieces(vocabulary, unknown: unknown)
    default:
      throw FileError(
        "\(config.name): `subword_tokenizer_type` is `\(kind)`; read are wordpiece and character")
    }
  }
}

/// Words by MeCab, of text in NFKC.
struct JapaneseWords: PreTokenizer {
  private let words: MeCab?
  private let normalizes, lowercases: Bool
  /// Whether white space is left out of words too, as pieces of words are made of none.
  private let isWithoutSpace: Bool
  private let lowercase = PythonLowercase()

  init(_ json: JSON) {
    (words, normalizes, lowercases, isWithoutSpace) = (nil, false, false, false)
  }

  init(_ words: MeCab, normalizes: Bool, lowercases: Bool, isWithoutSpace: Bool) {
    (self.words, self.normalizes, self.lowercases) = (words, normalizes, lowercases)
    self.isWithoutSpace = isWithoutSpace
  }

  var description: String {
    "MeCab: words by \(words?.dictionary ?? "no dictionary")" + (lowercases ? ", lower case" : "")
  }

  /// What text goes through before.
  var normalizer: any Normalizer {
    get throws {
      normalizes
        ? try UnicodeForm(JSON(["type": "NFKC"], name: "BertJapaneseTokenizer"))
        : NormalizerSequence([])
    }
  }

  func callAsFunction(_ preTokens: inout PreTokenizedText) throws {
    guard let words else { return }
    try preTokens.split { text, parts in
      for word in try words.words(of: text) { parts.append(word) }
    }
    if isWithoutSpace {
      preTokens.split { word, parts in
        for part in word.pythonWords() { parts.append(part) }
      }
    }
    guard lowercases else { return }
    var buffer = TextBuffer()
    preTokens.rewrite { word, startsText, output in
      buffer.set(word, startsText: startsText)
      lowercase(&buffer)
      output.append(contentsOf: buffer.bytes)
    }
  }
}

/// Characters as pieces.
struct CharacterPieces: TokenModel {
  let vocabulary: Vocabulary
  private let unknown: UnknownToken

  init(_ json: JSON) throws {
    try self.init(Vocabulary(json.object("vocab")), unknown: json.string("unk_token"))
  }

  init(_ vocabulary: Vocabulary, unknown: String) {
    (self.vocabulary, self.unknown) = (vocabulary, UnknownToken(unknown, in: vocabulary))
  }

  var description: String {
    "characters: \(vocabulary.count) of them, unknown `\(unknown.name)`"
  }

  func callAsFunction(_ word: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    for (_, range) in word.scalars() {
      let character = UnsafeRawBufferPointer(rebasing: word[range])
      ids.append(try vocabulary.id(of: character) ?? unknown(for: "a character"))
    }
  }
}
