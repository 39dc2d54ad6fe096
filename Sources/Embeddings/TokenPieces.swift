import ModelFiles
import Tokenizers

/// A token of a text, as people look at it.
package struct TokenPiece: Sendable, Equatable {
  package let id: Int32
  /// As the vocabulary has it, with marks such as `##` and `▁`.
  package let text: [UInt8]
  /// Whether it was added to the text; of a chat, whether it is a special token.
  package let isSpecial: Bool
  /// The bytes that it stands for of the prompt and the text behind it, whole characters; `nil` for
  /// one that was added, and where it cannot be told.
  package let range: Range<Int>?

  package var start: Int? { range?.lowerBound }
  package var stop: Int? { range?.upperBound }
}

extension Route {
  /// All tokens of the prompt and a text, which no limit cuts.
  /// - Parameter text: valid UTF-8
  package func pieces(of text: [UInt8], withSpecials: Bool) throws -> [TokenPiece] {
    try tokenizer.pieces(of: text, prompt: prompt, withSpecials: withSpecials, side)
  }
}

extension TextModel {
  /// The text that tokens stand for, valid UTF-8; of tables of words, the words with spaces
  /// between.
  /// - Throws: for an id beyond the largest, or where the tokenizer's decoder is not supported.
  package func decoded(_ ids: [Int32], skippingSpecials: Bool) throws -> [UInt8] {
    let standard = try list.route(list.standardTask)
    guard let pipeline = pipelines[standard] ?? pipelines.values.first else { return [] }
    return try pipeline.tokenizer.decoded(ids, skippingSpecials: skippingSpecials)
  }
}

extension TextModel {
  /// Whether it reads another model's tokens as its own: all have the same ids in both, and it
  /// reads no fewer of a text.
  /// - Parameter prompt: what goes before each text
  package func sharesTokens(with other: TextModel, prompt: String) throws -> Bool {
    let (own, others) = (try route(prompt: prompt), try other.route(prompt: prompt))
    if let limit = own.limit, limit < others.limit ?? .max { return false }
    let tables = [own, others].map { $0.tokenizer.tokenizer.tokensByID }
    return tables[0] == tables[1]
  }
}

extension ModelTokenizer {
  /// What finds the pieces of words; `nil` for tables of words.
  private var subwords: Tokenizer? {
    network ?? tokenizer as? Tokenizer ?? (tokenizer as? Model2VecTokenizer)?.tokenizer
  }

  fileprivate func decoded(_ ids: [Int32], skippingSpecials: Bool) throws -> [UInt8] {
    if let subwords { return try subwords.decoded(ids, skippingSpecials: skippingSpecials) }
    guard let words = tokenizer as? any WordTokenizer else {
      throw FileError("this model's tokens cannot be made text again")
    }
    if let id = ids.first(where: { $0 < 0 || Int($0) >= words.count }) {
      throw FileError("the token id \(id) is not the model's; its largest is \(words.count - 1)")
    }
    let texts = words.texts(of: Set(ids))
    return Array(ids.compactMap { texts[$0] }.joined(separator: [0x20]))
  }

  fileprivate func pieces(
    of text: [UInt8], prompt: [UInt8], withSpecials: Bool, _ side: TextSide?
  ) throws -> [TokenPiece] {
    let whole = prompt + text
    guard let subwords else {
      let ids = try tokens(of: whole)
      let texts = (tokenizer as? any WordTokenizer)?.texts(of: Set(ids)) ?? [:]
      return ids.map { TokenPiece(id: $0, text: texts[$0] ?? [], isSpecial: false, range: nil) }
    }
    if withSpecials, chat != nil {
      // The template may put anything anywhere.
      let ids = try encoding(of: text, prompt: prompt, limit: nil, side: side).ids
      let texts = subwords.texts(of: Set(ids))
      return ids.map {
        TokenPiece(
          id: $0, text: texts[$0] ?? [], isSpecial: subwords.isSpecial($0), range: nil)
      }
    }
    let unknown = (tokenizer as? Model2VecTokenizer)?.unknown
    let placed = try whole.withUnsafeBytes { try subwords.placedTokens(of: $0) }
      .filter { $0.id != unknown }
    let framed = withSpecials && specials > 0
    let all =
      try framed ? self.framed(placed, of: whole, side, by: subwords) : placed.map { ($0.id, $0) }
    let texts = subwords.texts(of: Set(all.map(\.id)))
    return all.map { id, token in
      TokenPiece(id: id, text: texts[id] ?? [], isSpecial: token == nil, range: token?.range)
    }
  }

  /// Tokens between those that are added, which `token` is `nil` for.
  private func framed(
    _ tokens: [PlacedToken], of text: [UInt8], _ side: TextSide?, by network: Tokenizer
  ) throws -> [(id: Int32, token: PlacedToken?)] {
    // Tokens that no vocabulary has tell where the text's own go.
    let places = tokens.indices.map { ~Int32(truncatingIfNeeded: $0) }
    var all = network.processed(places).ids.map { id -> (id: Int32, token: PlacedToken?) in
      id < 0 ? (tokens[Int(~id)].id, tokens[Int(~id)]) : (id, nil)
    }
    if let lateInteraction {
      let filled = try lateInteraction.encoding(
        of: text, side: side ?? .document, limit: nil, by: network
      ).ids
      if filled.starts(with: all.map(\.id)) {
        all += filled.dropFirst(all.count).map { ($0, nil) }
      }
    }
    return all
  }
}
