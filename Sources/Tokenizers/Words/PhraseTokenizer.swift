package import ModelFiles

/// Finds the words and phrases of a vocabulary in a text, as sentence-transformers'
/// `PhraseTokenizer` does for word vectors: splits by NLTK's rules, joins words that form a phrase of
/// the vocabulary, then looks each up unchanged, else lowercased, else also without punctuation.
/// Drops stop words and unknown words.
package struct PhraseTokenizer: WordTokenizer {
  package let vocabulary: Vocabulary
  private let stopWords: Vocabulary
  private let phrases: Vocabulary
  /// The numbers of words that phrases have, largest first.
  private let lengths: [Int]
  private let separator: [UInt8]
  private let words = TreebankWords()
  private let lowercase = PythonLowercase()

  /// No phrase in use has more words; each number of words costs a pass.
  private static let mostWords = 32
  /// In use is `_`, and phrases have a few dozen bytes. Words of a text are joined to look a phrase
  /// up, wherever they may become one.
  private static let longestSeparator = 64
  private static let longestPhrase = 1_024

  /// Reads phrasetokenizer_config.json: `vocab` (a word's id is its index), `stop_words`, and the
  /// form of phrases: `ngram_separator`, `max_ngram_length`.
  package init(_ json: JSON) throws {
    let words = try json.array("vocab")
    vocabulary = try Vocabulary(words: words)
    stopWords = try Vocabulary(words: json.array("stop_words"))
    let isNull = json["ngram_separator"]?.isNull ?? false
    separator = isNull ? [] : try json.present("ngram_separator")?.bytes() ?? Array("_".utf8)
    guard separator.count <= Self.longestSeparator else {
      throw FileError(
        "\(json.name): `ngram_separator` has \(separator.count) bytes, at most "
          + "\(Self.longestSeparator) are supported")
    }
    (phrases, lengths) = try Self.phrases(
      words, separator, upTo: json.int("max_ngram_length", default: 5))
    count = words.count
  }

  package let count: Int

  package var summary: [(stage: String, description: String)] {
    [("words", "NLTK's words, and phrases of several words; only those in the list")]
  }

  package func encode(_ text: UnsafeRawBufferPointer, limit: Int?) -> Encoding {
    var buffer = TextBuffer()
    buffer.set(text, startsText: true)
    words(&buffer)
    var tokens = buffer.bytes.withUnsafeBytes { bytes in
      bytes.pythonWords().map { Array(bytes[$0]) }
    }
    for length in lengths { tokens = united(tokens, length) }
    return Encoding(words: tokens.lazy.map(id), limit: limit)
  }

  /// The phrases of a vocabulary, and the numbers of words that they have, largest first.
  private static func phrases(
    _ words: JSON, _ separator: [UInt8], upTo most: Int
  ) throws -> (Vocabulary, [Int]) {
    var phrases = Vocabulary(capacity: 0)
    guard !separator.isEmpty else { return (phrases, []) }
    var lengths: Set<Int> = []
    let counter = try LiteralPattern(String(decoding: separator, as: UTF8.self))
    let doubled = try LiteralPattern(String(decoding: separator + separator, as: UTF8.self))
    for word in words.elements {
      try word.withUTF8 { word in
        let count = counter.count(in: word) + 1
        guard count > 1, count <= most, doubled.count(in: word) == 0 else { return }
        try phrases.insert(word, id: 0)
        lengths.insert(count)
      }
    }
    guard lengths.allSatisfy({ $0 <= mostWords }) else {
      throw FileError(
        "\(words.name): `vocab` has phrases of more than \(mostWords) words, the most "
          + "that are supported; lower `max_ngram_length`")
    }
    guard phrases.longest <= longestPhrase else {
      throw FileError(
        "\(words.name): `vocab` has a phrase of \(phrases.longest) bytes, at most "
          + "\(longestPhrase) are supported")
    }
    return (phrases, lengths.sorted(by: >))
  }

  /// Joins each run of `length` tokens that forms a phrase, from left to right.
  private func united(_ tokens: [[UInt8]], _ length: Int) -> [[UInt8]] {
    guard tokens.count >= length else { return tokens }
    var result: [[UInt8]] = []
    var position = 0
    while position < tokens.count {
      let end = position + length
      if end <= tokens.count, let phrase = phrase(tokens[position..<end]) {
        result.append(phrase)
        position = end
      } else {
        result.append(tokens[position])
        position += 1
      }
    }
    return result
  }

  /// The phrase that the tokens form, unchanged or lowercased.
  private func phrase(_ tokens: ArraySlice<[UInt8]>) -> [UInt8]? {
    // Lowercasing leaves at least a third of a scalar's bytes.
    let count = tokens.reduce(separator.count * (tokens.count - 1)) { $0 + $1.count }
    guard count <= 3 * phrases.longest else { return nil }
    let joined = Array(tokens.joined(separator: separator))
    if phrases.contains(joined) { return joined }
    guard joined.contains(where: { $0 >= 0x80 || (0x41..<0x5B).contains($0) }) else { return nil }
    let lower = lowercase(joined)
    return phrases.contains(lower) ? lower : nil
  }

  private func id(of token: [UInt8]) -> Int32? {
    var token = token
    for step in 0..<3 {
      if step == 1 { token = lowercase(token) }
      if step == 2 { token = Array(token.withoutPunctuation()) }
      if stopWords.contains(token) { return nil }
      if step < 2 || !token.isEmpty, let id = token.withUnsafeBytes(vocabulary.id) { return id }
    }
    return nil
  }
}

extension PythonLowercase {
  /// The lower case of a text.
  func callAsFunction(_ text: [UInt8]) -> [UInt8] {
    var buffer = TextBuffer()
    text.withUnsafeBytes { buffer.set($0, startsText: true) }
    self(&buffer)
    return buffer.bytes
  }
}

extension LiteralPattern {
  /// The number of matches in a text, without overlaps.
  func count(in text: UnsafeRawBufferPointer) -> Int {
    var count = 0
    forEachMatch(in: text) { _ in count += 1 }
    return count
  }
}

extension Vocabulary {
  /// An array of words with their indices as ids; of equal words the last counts.
  init(words: JSON) throws {
    guard words.count <= Int(Int32.max) else {
      throw FileError("\(words.name): `\(words.path)` lists too many words")
    }
    self.init(capacity: words.count)
    for (index, word) in words.elements.enumerated() {
      try word.withUTF8 { try insert($0, id: Int32(truncatingIfNeeded: index)) }
    }
  }

  func contains(_ piece: [UInt8]) -> Bool { piece.withUnsafeBytes(id) != nil }
}

extension BidirectionalCollection<UInt8> where SubSequence: BidirectionalCollection<UInt8> {
  /// The result of Python's `strip(string.punctuation)`.
  func withoutPunctuation() -> SubSequence {
    let isPunctuation: (UInt8) -> Bool = {
      // ASCII except letters, digits, space and control characters.
      (0x21..<0x7F).contains($0) && !(0x30..<0x3A).contains($0)
        && !(0x41..<0x5B).contains($0 & 0xDF)
    }
    let rest = drop(while: isPunctuation)
    guard let last = rest.lastIndex(where: { !isPunctuation($0) }) else { return rest }
    return rest[...last]
  }
}

/// Character classes in NLTK's rules, as the two regular-expression engines define them.
struct PhraseTraits: OptionSet, Sendable {
  let rawValue: UInt16

  static let table = TraitsTable<Self>(runs: PhraseTraitsData.text)

  /// `\w` of the package regex 2026.11.15.
  static let word = Self(rawValue: 1 << 0)
  /// `\d` of the same package.
  static let digit = Self(rawValue: 1 << 1)
  /// `\w` of Python 3.11's `re`.
  static let pythonWord = Self(rawValue: 1 << 2)
}
