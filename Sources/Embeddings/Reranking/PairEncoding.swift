import ModelFiles
package import Tokenizers

/// A query and a document as a reranker reads them: one text of tokens.
package struct PairEncoding: Sendable {
  package let encoding: Encoding
  /// How many tokens of each were cut off. In a chat, where both are one text before it is cut, they
  /// count as the document's.
  package let lost: (query: Int, document: Int)

  package var isTruncated: Bool { lost.query + lost.document > 0 }
}

extension ModelTokenizer {
  /// How many special tokens a pair gets.
  /// - Throws: where the tokenizer takes no pairs
  package func pairSpecials() throws -> Int {
    guard let network else { throw Self.noPairs }
    return chat == nil ? try network.pairRequirements().specialCount : 0
  }

  private static let noPairs = FileError(
    "the model reads words of a list, not pairs of texts; name a reranker")

  /// The most tokens that are read of a pair when a user asks for `asked` at most; `nil` for all.
  package func pairLimit(asked: Int?) throws -> Int? {
    let specials = try pairSpecials()
    let limit = [asked, self.limit?.tokens].compactMap { $0 }.min()
    guard let limit, limit <= specials else { return limit }
    throw FileError(
      asked == limit
        ? "a maximum length of \(limit) leaves no room for text beside \(specials) special tokens"
        : "\(self.limit?.origin ?? "the limit") is \(limit), which leaves no room for text beside "
          + "\(specials) special tokens")
  }

  /// The tokens of a query and a document together, `limit` of them at most: the longer one is cut
  /// first.
  /// - Parameters:
  ///   - query: valid UTF-8, as are the others
  ///   - prompt: goes before the query or, in a chat, into a message of its own
  package func pairEncoding(
    of query: [UInt8], _ document: [UInt8], prompt: [UInt8] = [], limit: Int?
  ) throws -> PairEncoding {
    guard let network else { throw Self.noPairs }
    if let chat {
      let texts = ChatFormat.Texts.pair(
        query: String(decoding: query, as: UTF8.self),
        document: String(decoding: document, as: UTF8.self))
      let (encoding, lost) = try chat.encoding(texts, prompt: prompt, limit: limit)
      try check(encoding.ids)
      return PairEncoding(encoding: withSegments(encoding), lost: (0, lost))
    }
    let (first, second) = (try tokens(of: prompt + query), try tokens(of: document))
    var (encoding, lost) = try network.paired(first, second, limit: limit)
    try check(encoding.ids)
    if !hasPairSegments {
      encoding.segments = [Int32](repeating: 0, count: encoding.ids.count)
    }
    return PairEncoding(encoding: encoding, lost: (lost.first, lost.second))
  }
}
