import ModelFiles

/// How many tokens of a text a model reads, special ones included, and the file that sets it.
package struct LengthLimit: Sendable {
  package let tokens: Int
  /// The file and key that set it.
  package let origin: String
  /// What disagrees with it, for people.
  package let warning: String?

  /// - Parameters:
  ///   - found: what the files say; `nil` where they say nothing
  ///   - positions: of the network; `nil` where they are not limited
  /// - Returns: `nil` where nothing limits a text
  fileprivate init?(
    _ found: (tokens: Int, origin: String)?, positions: Int?, specials: Int
  ) throws {
    let cap = positions.map { (tokens: $0, origin: "config.json: max_position_embeddings") }
    guard let limit = [found, cap].compactMap({ $0 }).min(by: { $0.tokens < $1.tokens }) else {
      return nil
    }
    guard limit.tokens > specials else {
      throw FileError(
        "\(limit.origin) is \(limit.tokens), which leaves no room for text beside "
          + "\(specials) special tokens")
    }
    (tokens, origin) = limit
    warning =
      found.flatMap { found in
        found.tokens > limit.tokens
          ? "\(found.origin) is \(found.tokens), but there are only \(limit.tokens) positions" : nil
      }
  }

  /// A limit that one file sets, and nothing else has a say in: of texts without special tokens.
  init(tokens: Int, origin: String) throws {
    guard tokens >= 1 else {
      throw FileError("\(origin) is \(tokens), which leaves no room for text")
    }
    (self.tokens, self.origin, warning) = (tokens, origin, nil)
  }
}

/// What a Transformer's files say of the length of texts.
struct LengthSettings: Sendable {
  private let found: (tokens: Int, origin: String)?
  private let specials: Int

  /// `max_seq_length` where the module's settings have it, else the tokenizer's `model_max_length`,
  /// as sentence-transformers resolves it.
  /// - Parameter countsTextOnly: whether `max_seq_length` leaves out the special tokens
  init(
    settings: JSON?, tokenizer: JSON?, specials: Int, countsTextOnly: Bool = false
  ) throws {
    self.specials = specials
    let declared = try settings.flatMap { json in
      try json.present("max_seq_length").map {
        (try $0.int().addingReportingOverflow(countsTextOnly ? specials : 0).partialValue, json)
      }
    }
    if let (tokens, json) = declared {
      found = (tokens, "\(json.name): max_seq_length")
    } else if let tokenizer, let length = try Self.modelMaximum(tokenizer) {
      found = (length, "\(tokenizer.name): model_max_length")
    } else {
      found = nil
    }
  }

  /// The limit, which is never above the positions there are; `nil` where nothing limits a text.
  func limit(positions: Int?) throws -> LengthLimit? {
    try LengthLimit(found, positions: positions, specials: specials)
  }

  // transformers writes 10³⁰ for "no limit", and takes what is over 10²⁰ for that.
  private static let endless = 1e20

  private static func modelMaximum(_ json: JSON) throws -> Int? {
    guard let value = try json.present("model_max_length") else { return nil }
    let length = try value.double()
    guard length < endless else { return nil }
    return try value.int()
  }
}
