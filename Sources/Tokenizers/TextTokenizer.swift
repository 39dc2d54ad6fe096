/// What makes tokens of text: the four stages of a `Tokenizer`, or the words of word vectors.
package protocol TextTokenizer: Sendable {
  /// The ids of a text, `limit` of them at most.
  /// - Parameter text: valid UTF-8
  func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool
  ) throws -> Encoding

  /// The bytes of every token by its id, for displaying many of them.
  var tokensByID: [Int32: [UInt8]] { get }

  /// The largest id and 1: a table that ids look rows up in should have as many rows at least.
  var vocabularyCount: Int { get }

  /// A line for each stage, for display.
  var summary: [(stage: String, description: String)] { get }
}

extension Tokenizer: TextTokenizer {}

extension PhraseTokenizer: TextTokenizer {
  /// There are no special tokens among words.
  package func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool
  ) -> Encoding {
    encode(text, limit: limit)
  }

  package var vocabularyCount: Int { count }

  package var summary: [(stage: String, description: String)] {
    [("words", "NLTK's, and phrases of several that are known; known ones only")]
  }

  package var tokensByID: [Int32: [UInt8]] { vocabulary.piecesByID }
}

extension WhitespaceTokenizer: TextTokenizer {
  /// There are no special tokens among words.
  package func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool
  ) -> Encoding {
    encode(text, limit: limit)
  }

  package var vocabularyCount: Int { count }

  package var summary: [(stage: String, description: String)] {
    [("words", "between white space, without punctuation if need be, known ones only")]
  }

  package var tokensByID: [Int32: [UInt8]] { vocabulary.piecesByID }
}

extension Vocabulary {
  fileprivate var piecesByID: [Int32: [UInt8]] {
    var pieces: [Int32: [UInt8]] = [:]
    visit { pieces[$1] = Array($0) }
    return pieces
  }
}
