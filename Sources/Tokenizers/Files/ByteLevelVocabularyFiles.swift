import ModelFiles

/// vocab.json and merges.txt of byte pairs over bytes (RoBERTa).
enum ByteLevelVocabularyFiles {
  private static let defaults = [
    "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>",
    "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
  ]

  /// Reads both files and those of special tokens beside them.
  /// - Parameter config: tokenizer_config.json.
  static func json(folder: String, config: JSON) throws -> JSON {
    let path = "\(folder)/vocab.json"
    let source = try JSON(file: path).object()
    let vocabulary = try Vocabulary(source)
    let tokens = try SpecialTokens(folder: folder, config: config, defaults: defaults)
    let ids = vocabulary.ids(of: tokens.all, free: vocabulary.count)
    let addsSpace = try config.bool("add_prefix_space", default: false)
    var file = EquivalentFile(addedTokens: tokens.all)
    file.preTokenizer =
      #"{"type":"ByteLevel","add_prefix_space":\#(addsSpace),"trim_offsets":true,"#
      + #""use_regex":true}"#
    file.model = Array(
      #"{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":"","#.utf8)
    file.model += #""end_of_word_suffix":"","fuse_unk":false,"merges":"#.utf8
    file.model += try merges("\(folder)/merges.txt")
    file.model += #","vocab":"#.utf8
    source.withSource { file.model.append(contentsOf: $0) }
    file.model += "}".utf8
    var processor = Array(#"{"type":"RobertaProcessing","trim_offsets":true,"#.utf8)
    processor += #""add_prefix_space":\#(addsSpace)"#.utf8
    for (name, role) in [("sep", "sep_token"), ("cls", "cls_token")] {
      let content = try tokens.required(role).content
      processor += #","\#(name)":["#.utf8
      processor.append(jsonString: content)
      processor += ",\(ids[content] ?? 0)]".utf8
    }
    file.postProcessor = processor + "}".utf8
    return try file.json(name: path)
  }

  /// merges.txt as a JSON array: a pair in each line but those that begin with `#version`.
  private static func merges(_ path: String) throws -> [UInt8] {
    let text = try readText(path)
    var json = Array("[".utf8)
    try text.withUnsafeBytes { text in
      for (number, line) in text.pythonLines(unterminated: true).enumerated() {
        let line = UnsafeRawBufferPointer(rebasing: text[line])
        if line.isEmpty || line.starts(with: "#version".utf8) { continue }
        guard line.filter({ $0 == 0x20 }).count == 1 else {
          throw FileError("\(path): line \(number + 1) should be two symbols with a space between")
        }
        if json.count > 1 { json += ",".utf8 }
        appendJSONString(line, to: &json)
      }
    }
    return json + "]".utf8
  }
}
