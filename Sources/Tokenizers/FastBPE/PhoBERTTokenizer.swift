import ModelFiles

/// Makes PhoBERT's tokenizer (Nguyen and Nguyen, 2020), which exists only in Python, as in transformers
/// 5.23: words between white space, with a line feed that follows one, and fastBPE's merges. Texts are
/// taken as words that are told apart already, the syllables of each joined by `_`.
enum PhoBERTTokenizer {
  static let names = ["vocab.txt", "bpe.codes"]

  private static let defaults = [
    "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>",
    "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
  ]

  /// Reads vocab.txt, bpe.codes and the files of special tokens beside them.
  /// - Parameter config: tokenizer_config.json
  static func make(folder: String, config: JSON, files: ConfigurationFiles) throws -> Tokenizer {
    let tokens = try SpecialTokens(
      folder: folder, config: config, defaults: defaults, files: files)
    let vocabulary = try vocabulary("\(folder)/\(names[0])", tokens)
    let model = try FastBPE(
      vocabulary: vocabulary, merges: readText("\(folder)/\(names[1])"),
      unknown: tokens.required("unk_token").text, spelling: .continued)
    let added = try PythonAddedTokens(tokens, vocabulary)
    func part(_ role: String) throws -> TemplateProcessing.Part {
      let token = try tokens.required(role)
      return .special(name: token.text, ids: [added.ids[token.content] ?? 0], segment: 0)
    }
    let (first, last) = try (part("cls_token"), part("sep_token"))
    let single = [first, .first(segment: 0), last]
    var tokenizer = try Tokenizer(
      preparation: NormalizerSequence([]), addedTokens: AddedTokens(added.found),
      normalizer: NormalizerSequence([]), preTokenizer: PhoBERTWords(), model: model,
      postProcessor: TemplateProcessing(
        single: single, pair: single + [last, .second(segment: 0), last]))
    tokenizer.roles = TokenRoles(tokens)
    return tokenizer
  }

  /// Four tokens with the first ids, then a piece and its count on each line; of pieces that are there
  /// twice the last counts, and takes the number of the one after it.
  private static func vocabulary(_ path: String, _ tokens: SpecialTokens) throws -> Vocabulary {
    var vocabulary = Vocabulary(capacity: 1 << 16)
    for role in ["bos_token", "pad_token", "eos_token", "unk_token"] {
      try tokens.required(role).content.withUnsafeBytes {
        try vocabulary.insert($0, id: Int32(vocabulary.count))
      }
    }
    try readText(path).withUnsafeBytes { text in
      for (number, range) in text.pythonLines(unterminated: true).enumerated() {
        let line = UnsafeRawBufferPointer(rebasing: text[range])
        let stripped = line.pythonStripped()
        guard let space = line[stripped].lastIndex(of: UInt8(ascii: " ")) else {
          throw FileError(
            "\(path): line \(number + 1) should be a piece, a space and how often it was seen")
        }
        try vocabulary.insert(
          UnsafeRawBufferPointer(rebasing: line[stripped.lowerBound..<space]),
          id: Int32(truncatingIfNeeded: vocabulary.count))
      }
    }
    return vocabulary
  }
}

/// Words between white space, each with the line feed that may follow it.
struct PhoBERTWords: PreTokenizer {
  init(_ json: JSON) {}

  init() {}

  var description: String { "words between white space, with a line feed behind" }

  func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split { text, parts in
      for word in text.pythonWords() {
        let hasNewline = word.upperBound < text.count && text[word.upperBound] == 0x0A
        parts.append(word.lowerBound..<word.upperBound + (hasNewline ? 1 : 0))
      }
    }
  }
}
