import ModelFiles

/// vocab.txt: a piece in each line, whose id is the line's number (BERT, DistilBERT, MPNet, …).
enum BERTVocabularyFile {
  /// What differs between the families that use such a file.
  struct Family {
    var defaults = [
      "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
      "mask_token": "[MASK]",
    ]
    /// `<mask>` takes the white space before it, if it is written as text.
    var stripsBeforeMask = false
    static let bert = Family()
    static let mpnet = Family(
      defaults: [
        "bos_token": "<s>", "eos_token": "</s>", "unk_token": "[UNK]", "sep_token": "</s>",
        "pad_token": "<pad>", "cls_token": "<s>", "mask_token": "<mask>",
      ], stripsBeforeMask: true)
  }

  /// Reads vocab.txt and the files of special tokens beside it.
  /// - Parameter config: tokenizer_config.json.
  static func json(folder: String, config: JSON, family: Family) throws -> JSON {
    let path = "\(folder)/vocab.txt"
    let (vocabulary, text) = try self.vocabulary(path)
    var tokens = try SpecialTokens(folder: folder, config: config, defaults: family.defaults)
    if family.stripsBeforeMask { tokens.change("mask_token") { $0.leftStrip = true } }
    let ids = vocabulary.ids(of: tokens.all, free: vocabulary.count)
    var file = EquivalentFile(addedTokens: tokens.all)
    file.normalizer = try normalizer(config)
    file.preTokenizer = #"{"type":"BertPreTokenizer"}"#
    file.model = Array(#"{"type":"WordPiece","unk_token":"#.utf8)
    file.model.append(jsonString: try tokens.required("unk_token").content)
    file.model +=
      ###","continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":"###.utf8
    file.model += text
    file.model += "}".utf8
    var template = WrittenTemplate()
    let first = try tokens.required("cls_token").content
    let last = try tokens.required("sep_token").content
    template.addSpecial(first, id: ids[first] ?? 0)
    template.addText()
    template.addSpecial(last, id: ids[last] ?? 0)
    file.postProcessor = template.bytes
    return try file.json(name: path)
  }

  private static func normalizer(_ config: JSON) throws -> String {
    let lowercases = try config.bool("do_lower_case", default: true)
    let spacesChinese = try config.bool("tokenize_chinese_chars", default: true)
    let stripsAccents = try config.present("strip_accents")?.bool().description ?? "null"
    return #"{"type":"BertNormalizer","clean_text":true,"lowercase":\#(lowercases),"#
      + #""handle_chinese_chars":\#(spacesChinese),"strip_accents":\#(stripsAccents)}"#
  }

  /// The pieces, and the same as a JSON object. A piece has no white space at its end; of several
  /// lines with the same piece the last counts.
  private static func vocabulary(_ path: String) throws -> (Vocabulary, [UInt8]) {
    let text = try readText(path)
    let traits = ScalarTraitsTable.measured
    var vocabulary = Vocabulary(capacity: text.count / 8)
    var json = Array("{".utf8)
    try text.withUnsafeBytes { text in
      for (number, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false)
        .enumerated()
      {
        var piece = UnsafeRawBufferPointer(rebasing: line)
        // What stands after the last line feed is a line only if there is something.
        if piece.isEmpty, line.endIndex == text.endIndex { break }
        while !piece.isEmpty {
          let (scalar, start) = piece.scalar(before: piece.count)
          guard traits[scalar].contains(.whitespace) else { break }
          piece = UnsafeRawBufferPointer(rebasing: piece[..<start])
        }
        if number > 0 { json += ",".utf8 }
        appendJSONString(piece, to: &json)
        json += ":\(number)".utf8
        try vocabulary.insert(piece, id: Int32(truncatingIfNeeded: number))
      }
    }
    return (vocabulary, json + "}".utf8)
  }
}

/// The bytes of a text file, which must be UTF-8.
func readText(_ path: String) throws -> [UInt8] {
  let bytes = try readFile(path, limit: FileLimit.tokenizer)
  if let offset = bytes.withUnsafeBytes(firstInvalidUTF8) {
    throw FileError("\(path) is no UTF-8 at byte \(offset); is it a text file?")
  }
  return bytes
}
