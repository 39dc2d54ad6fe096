import ModelFiles

extension TokenizerFiles {
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
}
