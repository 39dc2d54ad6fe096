package import ModelFiles

/// The longest piece that starts a word, then the longest that goes on, and so forth; a word that
/// does not come out even is unknown as a whole (Schuster & Nakajima, 2012).
package struct WordPiece: TokenModel {
  package let vocabulary: Vocabulary
  /// Pieces that go on within a word, without their prefix.
  private let continuing: Vocabulary
  private let prefix: String
  private let unknown: String
  private let unknownID: Int32?
  private let longestWord: Int

  package init(_ json: JSON) throws {
    vocabulary = try Vocabulary(json.object("vocab"))
    guard vocabulary.count > 0 else {
      throw FileError("\(json.name): `\(json.path).vocab` is empty, should hold pieces and ids")
    }
    prefix = try json.string("continuing_subword_prefix")
    unknown = try json.string("unk_token")
    unknownID = vocabulary.id(of: unknown)
    longestWord = try json.int("max_input_chars_per_word")
    guard longestWord >= 0 else {
      throw FileError(
        "\(json.name): `\(json.path).max_input_chars_per_word` is \(longestWord), "
          + "should be 0 or more")
    }
    // A byte of text may cost as many steps as the longest piece or the longest word has bytes.
    guard min(longestWord, vocabulary.longest) <= 1_024 else {
      throw FileError(
        "\(json.name): pieces of \(vocabulary.longest) bytes in words of \(longestWord) characters "
          + "would take too long, the most is 1024")
    }
    continuing = try Self.continuing(vocabulary, Array(prefix.utf8))
  }

  package var description: String {
    "WordPiece: \(vocabulary.count) pieces, `\(prefix)` within a word, "
      + "unknown `\(unknown)`, words up to \(longestWord) characters"
  }

  package func callAsFunction(_ word: UnsafeRawBufferPointer, into ids: inout [Int32]) throws {
    let before = ids.count
    guard !isTooLong(word) else { return ids.append(try unknownToken()) }
    var rest = word
    while !rest.isEmpty {
      let known = rest.count == word.count ? vocabulary : continuing
      guard let (id, length) = known.longestPiece(startingText: rest) else {
        ids.removeLast(ids.count - before)
        return ids.append(try unknownToken())
      }
      ids.append(id)
      rest = UnsafeRawBufferPointer(rebasing: rest[length...])
    }
  }

  private func isTooLong(_ word: UnsafeRawBufferPointer) -> Bool {
    guard word.count > longestWord else { return false }
    return word.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) } > longestWord
  }

  private func unknownToken() throws -> Int32 {
    guard let unknownID else {
      throw FileError(
        "a word is not in the vocabulary, and neither is `unk_token` `\(unknown)`, "
          + "which should stand for it")
    }
    return unknownID
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

extension Vocabulary {
  /// The id of a piece that is at hand as a string.
  func id(of piece: String) -> Int32? {
    var piece = piece
    return piece.withUTF8 { id(of: UnsafeRawBufferPointer($0)) }
  }
}
