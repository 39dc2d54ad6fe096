import ModelFiles
import Tokenizers

/// How queries of late interaction are filled up with a token, whose vectors count as words that the
/// query might have had (Khattab and Zaharia, 2020).
struct QueryExpansion: Sendable, Equatable {
  enum Strategy: String, CaseIterable, Sendable {
    /// Every query has the same number of tokens: a longer one is cut.
    case fixed
    /// A longer query stays as it is.
    case min
  }

  let strategy: Strategy
  /// How many tokens a query has then, special ones included.
  let length: Int
  /// Whether other tokens look at the filled ones; these look at the query's own in any case.
  let attends: Bool
  /// The token's text; `nil` for the tokenizer's mask, or else its end of a sentence.
  let token: String?
  /// The file and key that ask for it, for errors.
  let place: String

  init(
    _ strategy: Strategy = .fixed, length: Int, attends: Bool, token: String? = nil, place: String
  ) {
    (self.strategy, self.length, self.attends) = (strategy, length, attends)
    (self.token, self.place) = (token, place)
  }

  /// - Parameter json: `query_expansion`
  init(_ json: JSON) throws {
    let known = ["strategy", "attend", "token", "length"]
    if let other = try json.object().keys.first(where: { !known.contains($0) }) {
      throw FileError(
        "\(json.place) has `\(other)`, which is not known; known are "
          + known.joined(separator: ", "))
    }
    let name = try json.string("strategy")
    guard let strategy = Strategy(rawValue: name) else {
      throw FileError("\(json.place): `strategy` is `\(name)`, should be fixed or min")
    }
    self.init(
      strategy, length: try json.value("length").tokenCount(),
      attends: try json.bool("attend", default: false), token: try json.present("token")?.string(),
      place: json.place)
  }

  /// The id that queries are filled up with.
  /// - Throws: where the tokenizer has none.
  func id(_ tokenizer: Tokenizer) throws -> Int32 {
    guard let token else {
      if let id = tokenizer.id(ofRole: "mask_token") ?? tokenizer.id(ofRole: "eos_token") {
        return id
      }
      throw FileError(
        "\(place) names no token, and the tokenizer has neither a mask_token nor an eos_token; name one "
          + "as `token`")
    }
    guard let id = tokenizer.id(of: token) else {
      throw FileError("\(place): the token `\(token)` is not in the tokenizer's vocabulary")
    }
    return id
  }

  /// A query filled up.
  /// - Parameter limit: the most tokens that it may have; `nil` for any number
  func filled(_ query: Encoding, limit: Int?, by tokenizer: Tokenizer) throws -> Encoding {
    let missing = Swift.min(length, limit ?? length) - query.ids.count
    guard missing > 0 else { return query }
    var filled = query
    filled.ids += repeatElement(try id(tokenizer), count: missing)
    filled.segments += repeatElement(0, count: missing)
    filled.hidden = attends ? 0 : missing
    return filled
  }
}

extension JSON {
  // 64 times what late interaction reads of a document.
  private static let mostTokens = 1 << 15

  /// A number of tokens that a text may have.
  func tokenCount() throws -> Int {
    let count = try int()
    guard (1...Self.mostTokens).contains(count) else {
      throw FileError("\(place) is \(count), should be from 1 to \(Self.mostTokens)")
    }
    return count
  }
}
