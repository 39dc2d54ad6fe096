import ModelFiles

extension TokenizerFiles {
  /// The tokenizer of a WordEmbeddings module.
  /// - Parameter folder: the module's own.
  package static func wordTokenizer(folder: String) throws -> WhitespaceTokenizer {
    let path = "\(folder)/whitespacetokenizer_config.json"
    if fileExists(path) { return try WhitespaceTokenizer(JSON(file: path).object()) }
    guard !fileExists("\(folder)/phrasetokenizer_config.json") else {
      throw FileError(
        "\(folder)/phrasetokenizer_config.json: sentence-transformers' PhraseTokenizer is not "
          + "supported, as it cuts words as NLTK does; WhitespaceTokenizer is")
    }
    throw FileError(
      "\(folder) holds no word tokenizer: looked for whitespacetokenizer_config.json and "
        + "phrasetokenizer_config.json")
  }
}
