/// What makes tokens of text: the four stages of a `Tokenizer`, or the words of word vectors.
package protocol TextTokenizer: Sendable {
  /// The ids of a text, `limit` of them at most.
  /// - Parameter text: valid UTF-8
  func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool
  ) throws -> Encoding

  /// The bytes of every token by its id, for displaying many of them.
  var tokensByID: [Int32: [UInt8]] { get }
}

extension Tokenizer: TextTokenizer {}

extension PhraseTokenizer: TextTokenizer {
  /// There are no special tokens among words.
  package func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool
  ) -> Encoding {
    encode(text, limit: limit)
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

  package var tokensByID: [Int32: [UInt8]] { vocabulary.piecesByID }
}

extension Vocabulary {
  fileprivate var piecesByID: [Int32: [UInt8]] {
    var pieces: [Int32: [UInt8]] = [:]
    visit { pieces[$1] = Array($0) }
    return pieces
  }
}
