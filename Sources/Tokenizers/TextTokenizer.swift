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

/// What makes tokens of the words that a list knows, for word vectors. It has no special tokens.
package protocol WordTokenizer: TextTokenizer {
  var vocabulary: Vocabulary { get }
  /// How many words the list has; ids are below it.
  var count: Int { get }
  /// The ids of the words of a text, of which the first `limit` stay.
  /// - Parameter text: valid UTF-8
  func encode(_ text: UnsafeRawBufferPointer, limit: Int?) -> Encoding
}

extension WordTokenizer {
  package func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool
  ) -> Encoding {
    encode(text, limit: limit)
  }

  package var vocabularyCount: Int { count }

  /// The words with these ids.
  package func texts(of ids: Set<Int32>) -> [Int32: [UInt8]] { vocabulary.pieces(of: ids) }

  package var tokensByID: [Int32: [UInt8]] {
    var tokens: [Int32: [UInt8]] = [:]
    vocabulary.visit { tokens[$1] = Array($0) }
    return tokens
  }
}

extension Encoding {
  /// The words that have an id, of which the first `limit` stay; what follows is not looked up.
  init(words: some Sequence<Int32?>, limit: Int?) {
    self.init(ids: [])
    for case let id? in words {
      truncated = ids.count >= limit ?? Int.max
      if truncated { break }
      append([id], segment: 0)
    }
  }
}
