package import ModelFiles

/// Splits a word into the longest piece that starts it, then the longest that continues it, and so
/// on; a word that pieces do not cover completely is unknown (Schuster & Nakajima, 2012).
package struct WordPiece: TokenModel {
  package let vocabulary: Vocabulary
  /// Pieces that continue a word, without their prefix.
  private let continuing: Vocabulary
  let prefix: String
  let unknown: UnknownToken
  private let longestWord: Int

  package init(_ json: JSON) throws {
    let vocabulary = try Vocabulary(json.object("vocab"))
    guard vocabulary.count > 0 else {
      throw FileError("\(json.name): `\(json.path).vocab` is empty, should hold pieces and ids")
    }
    let prefix = try json.string("continuing_subword_prefix")
    let unknown = try json.string("unk_token")
    let longestWord = try json.int("max_input_chars_per_word")
    guard longestWord >= 0 else {
      throw FileError(
        "\(json.name): `\(json.path).max_input_chars_per_word` is \(longestWord), "
          + "should be 0 or more")
    }
    try self.init(
      vocabulary, prefix: prefix, unknown: unknown, longestWord: longestWord, json.name)
  }

  /// - Parameters:
  ///   - prefix: before pieces that continue a word
  ///   - longestWord: the most characters of a word that is known
  ///   - file: what they are of, for errors
  init(
    _ vocabulary: Vocabulary, prefix: String, unknown: String, longestWord: Int, _ file: String
  ) throws {
    (self.vocabulary, self.prefix, self.longestWord) = (vocabulary, prefix, longestWord)
    self.unknown = UnknownToken(unknown, in: vocabulary)
    // A byte of text may cost as many steps as the longest piece or the longest word has bytes.
    guard min(longestWord, vocabulary.longest) <= 1_024 else {
      throw FileError(
        "\(file): pieces of \(vocabulary.longest) bytes in words of \(longestWord) characters "
          + "would take too long; at most 1024 are supported")
    }
    continuing = try Self.continuing(vocabulary, Array(prefix.utf8))
  }

  package var description: String {
    "WordPiece: \(vocabulary.count) pieces, `\(prefix)` within a word, "
      + "unknown `\(unknown.name)`, words up to \(longestWord) characters"
  }

  package func callAsFunction(_ word: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    let before = ids.count
    guard !isTooLong(word) else { return ids.append(try unknown(for: "a word")) }
    var rest = word
    while !rest.isEmpty {
      let known = rest.count == word.count ? vocabulary : continuing
      guard let (id, length) = known.longestPiece(startingText: rest) else {
        ids.removeLast(ids.count - before)
        return ids.append(try unknown(for: "a word"))
      }
      ids.append(id)
      rest = UnsafeRawBufferPointer(rebasing: rest[length...])
    }
  }

  private func isTooLong(_ word: UnsafeRawBufferPointer) -> Bool {
    guard word.count > longestWord else { return false }
    return word.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } > longestWord
  }

  private static func continuing(_ all: Vocabulary, _ prefix: [UInt8]) throws -> Vocabulary {
    guard !prefix.isEmpty else { return all }
    var continuing = Vocabulary(capacity: all.count / 4)
    try all.visit { piece, id in
      guard piece.count > prefix.count, piece.starts(with: prefix) else { return }
      try continuing.insert(UnsafeRawBufferPointer(rebasing: piece[prefix.count...]), id: id)
    }
    return continuing
  }
}
