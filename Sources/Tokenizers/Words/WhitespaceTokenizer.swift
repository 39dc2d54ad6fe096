package import ModelFiles

/// Finds the words of a vocabulary in a text, as sentence-transformers' `WhitespaceTokenizer` does
/// for word vectors: splits at white space and looks each word up unchanged, else without
/// punctuation, else lowercased too. Drops stop words and unknown words.
package struct WhitespaceTokenizer: WordTokenizer {
  package let vocabulary: Vocabulary
  private let stopWords: Vocabulary
  private let lowercases: Bool
  private let lowercase = PythonLowercase()

  /// Reads whitespacetokenizer_config.json: `vocab` (a word's id is its index), `stop_words` and
  /// `do_lower_case`.
  package init(_ json: JSON) throws {
    try self.init(
      words: json.array("vocab"), stopWords: json.array("stop_words"),
      lowercases: json.bool("do_lower_case", default: false))
  }

  /// Makes a tokenizer without stop words, for a bag of words.
  /// - Parameter words: an array in which a word's id is its index
  package init(words: JSON) throws {
    try self.init(words: words.array(), stopWords: nil, lowercases: false)
  }

  private init(words: JSON, stopWords: JSON?, lowercases: Bool) throws {
    vocabulary = try Vocabulary(words: words)
    self.stopWords = try stopWords.map { try Vocabulary(words: $0) } ?? Vocabulary(capacity: 0)
    self.lowercases = lowercases
    count = words.count
  }

  package let count: Int

  package var summary: [(stage: String, description: String)] {
    [("words", "split at white space, without punctuation where needed; only those in the list")]
  }

  package func encode(_ text: UnsafeRawBufferPointer, limit: Int?) -> Encoding {
    var buffer = TextBuffer()
    buffer.set(text, startsText: true)
    if lowercases { lowercase(&buffer) }
    return buffer.bytes.withUnsafeBytes { bytes in
      Encoding(
        words: bytes.pythonWords().lazy.map { id(of: UnsafeRawBufferPointer(rebasing: bytes[$0])) },
        limit: limit)
    }
  }

  /// The id of a word unchanged, else without punctuation around it, else also lowercased; nil as
  /// soon as one of these forms is a stop word.
  private func id(of word: UnsafeRawBufferPointer) -> Int32? {
    if stopWords.id(of: word) != nil { return nil }
    if let id = vocabulary.id(of: word) { return id }
    let bare = UnsafeRawBufferPointer(rebasing: word.withoutPunctuation())
    if stopWords.id(of: bare) != nil { return nil }
    if !bare.isEmpty, let id = vocabulary.id(of: bare) { return id }
    var buffer = TextBuffer()
    buffer.set(bare, startsText: true)
    lowercase(&buffer)
    return buffer.bytes.withUnsafeBytes { lower in
      stopWords.id(of: lower) == nil ? vocabulary.id(of: lower) : nil
    }
  }
}
