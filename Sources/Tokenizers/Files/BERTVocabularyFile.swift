import ModelFiles

/// vocab.txt: a piece in each line, whose id is the line's number (BERT, DistilBERT, MPNet, …).
enum BERTVocabularyFile {
  /// What differs between the families that use such a file.
  struct Family {
    var defaults = [
      "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
      "mask_token": "[MASK]",
    ]
    /// `<mask>` takes the white space before it, if it is written as text; two texts have two
    /// separators between them and one segment.
    var isMPNet = false
    static let bert = Family()
    static let mpnet = Family(
      defaults: [
        "bos_token": "<s>", "eos_token": "</s>", "unk_token": "[UNK]", "sep_token": "</s>",
        "pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>",
      ], isMPNet: true)
  }

  /// Reads vocab.txt and the files of special tokens beside it.
  /// - Parameter config: tokenizer_config.json.
  static func json(
    folder: String, config: JSON, family: Family, files: ConfigurationFiles
  ) throws -> JSON {
    let path = "\(folder)/vocab.txt"
    let (vocabulary, pieces) = try self.vocabulary(path)
    var tokens = try SpecialTokens(
      folder: folder, config: config, defaults: family.defaults, files: files)
    if family.isMPNet { tokens.change("mask_token") { $0.leftStrip = true } }
    let ids = vocabulary.ids(of: tokens.all, free: vocabulary.count)
    func token(_ role: String) throws -> (text: String, id: Int32) {
      let token = try tokens.required(role)
      return (token.text, ids[token.content] ?? 0)
    }
    var file = EquivalentFile(addedTokens: tokens.all)
    file.normalizer = try normalizer(config)
    file.preTokenizer = ["type": "BertPreTokenizer"]
    file.model = [
      "type": "WordPiece", "unk_token": .utf8(try tokens.required("unk_token").content),
      "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": .object(pieces),
    ]
    file.postProcessor = try EquivalentFile.template(
      single: "cls_token:0 $A:0 sep_token:0",
      pair: family.isMPNet
        ? "cls_token:0 $A:0 sep_token:0 sep_token:0 $B:0 sep_token:0"
        : "cls_token:0 $A:0 sep_token:0 $B:1 sep_token:1", token: token)
    return try file.json(name: path)
  }

  /// What BERT's classes do to text.
  static func normalizer(_ config: JSON) throws -> JSONValue {
    [
      "type": "BertNormalizer", "clean_text": true,
      "lowercase": .bool(try config.flag("do_lower_case", default: true)),
      "handle_chinese_chars": .bool(try config.flag("tokenize_chinese_chars", default: true)),
      "strip_accents": .optional(try config.present("strip_accents")?.bool(), JSONValue.bool),
    ]
  }

  /// The pieces, and the same as an object's fields. A piece has no white space at its end; of
  /// several lines with the same piece the last counts.
  private static func vocabulary(_ path: String) throws -> (Vocabulary, [(String, JSONValue)]) {
    let text = try readText(path)
    let traits = ScalarTraits.table
    var vocabulary = Vocabulary(capacity: min(text.count / 8, PieceLimit.most))
    var fields: [(String, JSONValue)] = []
    try text.withUnsafeBytes { text in
      for (number, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false)
        .enumerated()
      {
        let whole = UnsafeRawBufferPointer(rebasing: line)
        // What stands after the last line feed is a line only if there is something.
        if whole.isEmpty, line.endIndex == text.endIndex { break }
        let end = whole.start(before: whole.count) { traits[$0].contains(.whitespace) }
        let piece = UnsafeRawBufferPointer(rebasing: whole[..<end])
        fields.append((String(decoding: piece, as: UTF8.self), .int(number)))
        try vocabulary.insert(piece, id: Int32(truncatingIfNeeded: number))
      }
    }
    return (vocabulary, fields)
  }
}
