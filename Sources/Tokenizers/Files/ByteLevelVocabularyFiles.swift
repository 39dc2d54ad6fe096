import ModelFiles

/// vocab.json and merges.txt of byte pairs over bytes (RoBERTa, CLIP).
enum ByteLevelVocabularyFiles {
  enum Family {
    case roberta, clip

    func stages(_ config: JSON) throws -> Stages {
      self == .clip ? try Stages.clip(config) : try Stages.roberta(config)
    }
  }

  static let defaults = [
    "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>",
    "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
  ]

  /// Reads both files and those of special tokens beside them.
  /// - Parameter config: tokenizer_config.json.
  static func json(
    folder: String, config: JSON, family: Family, files: ConfigurationFiles
  ) throws -> JSON {
    let path = "\(folder)/vocab.json"
    let source = try JSON(file: path).object()
    let vocabulary = try Vocabulary(source)
    let stages = try family.stages(config)
    let tokens = try SpecialTokens(
      folder: folder, config: config, defaults: stages.defaults, files: files)
    let ids = vocabulary.ids(of: tokens.all, free: vocabulary.count)
    let made = RebuiltStages(stages, tokens)
    var file = EquivalentFile(addedTokens: tokens.all)
    (file.normalizer, file.preTokenizer) = (stages.normalizer, stages.preTokenizer)
    file.model = [
      "type": "BPE", "dropout": .null, "unk_token": .null, "continuing_subword_prefix": "",
      "end_of_word_suffix": family == .clip ? "</w>" : "", "fuse_unk": false,
      "merges": .array(try merges("\(folder)/merges.txt")), "vocab": JSONValue(source),
    ]
    file.postProcessor =
      try made.postProcessor(isWritten: false) { ids[Array($0.utf8)] ?? 0 } ?? .null
    return try file.json(name: path)
  }

  /// The lines of merges.txt, a pair in each, but for those that begin with `#version`.
  private static func merges(_ path: String) throws -> [JSONValue] {
    try readText(path).withUnsafeBytes { text in
      try text.pythonLines(unterminated: true).enumerated().compactMap { number, line in
        let line = text[line]
        if line.isEmpty || line.starts(with: "#version".utf8) { return nil }
        guard line.filter({ $0 == 0x20 }).count == 1 else {
          throw FileError("\(path): line \(number + 1) should be two symbols with a space between")
        }
        return .utf8(Array(line))
      }
    }
  }
}
