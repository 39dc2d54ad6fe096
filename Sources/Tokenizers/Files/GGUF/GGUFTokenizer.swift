package import ModelFiles

/// The tokenizer in a GGUF file as the tokenizer.json that it was made from would say it.
///
/// Not all of that is in the file: what is left out is as the families of models have it whose files
/// have such a vocabulary.
package struct GGUFTokenizer {
  /// A piece of the vocabulary.
  struct Piece {
    let text: [UInt8]
    let kind: SentencePieceModel.Kind
  }

  let file: GGUFFile
  let pieces: [Piece]

  package init(_ file: GGUFFile) throws {
    self.file = file
    guard let tokens = try file.strings(Self.key("tokens")) else {
      throw file.missing(Self.key("tokens"))
    }
    try PieceLimit.check(tokens.count, "\(file.path): `\(Self.key("tokens"))`")
    let types = try file.numbers(Self.key("token_type"))
    guard types.map({ $0.count == tokens.count }) ?? true else {
      throw FileError(
        "\(file.path): `\(Self.key("token_type"))` has \(types?.count ?? 0) numbers for "
          + "\(tokens.count) tokens")
    }
    pieces = tokens.enumerated().map { id, text in
      let type = types.flatMap { UInt64(exactly: $0[id]) } ?? 1
      return Piece(text: text, kind: SentencePieceModel.Kind(rawValue: type) ?? .normal)
    }
  }

  /// tokenizer.json.
  package func json() throws -> JSONValue {
    let key = Self.key("model")
    return
      switch try file.string(key)
    {
    case "bert": try wordPieces()
    case "t5": try unigram()
    case "gpt2": try byteLevelPairs()
    case "llama": try sentencePairs()
    case let other:
      throw FileError(
        "\(file.path): `\(key)` is \(other.map { "`\($0)`" } ?? "missing"), should be bert, t5, "
          + "gpt2 or llama")
    }
  }

  static func key(_ name: String) -> String { "tokenizer.ggml.\(name)" }

  // MARK: Tokens with a part to play

  /// The id of a token by its part: `bos` of `tokenizer.ggml.bos_token_id`.
  func id(_ role: String) throws -> Int? {
    let key = Self.key("\(role)_token_id")
    guard let id = try file.int(key) else { return nil }
    guard pieces.indices.contains(id) else {
      throw FileError("\(file.path): `\(key)` is \(id), and there are \(pieces.count) tokens")
    }
    return id
  }

  /// Whether a token is added to each text.
  func adds(_ role: String, default isDefault: Bool) throws -> Bool {
    try file.bool(Self.key("add_\(role)_token")) ?? isDefault
  }

  /// Control tokens, and those that a user defined.
  /// - Parameters:
  ///   - texts: of all pieces
  ///   - mask: the id of a token that takes the white space before it
  func addedTokens(_ texts: [[UInt8]], mask: Int? = nil) -> JSONValue {
    .array(
      pieces.enumerated().compactMap { id, piece in
        let isSpecial = piece.kind == .control || piece.kind == .unknown
        guard isSpecial || piece.kind == .userDefined, !piece.text.isEmpty else { return nil }
        return [
          "id": .int(id), "content": .utf8(texts[id]), "special": .bool(isSpecial),
          "lstrip": .bool(id == mask), "rstrip": false, "single_word": false, "normalized": false,
        ]
      })
  }

  /// What goes around a text.
  /// - Parameters:
  ///   - first, last: ids; `nil` for none
  ///   - between: what stands between two texts beside the end of the first
  func template(
    _ texts: [[UInt8]], first: Int?, last: Int?, between: String = "", second: Int = 0
  ) -> JSONValue {
    let single = "first:0 $A:0 last:0"
    return EquivalentFile.template(
      single: single, pair: "\(single) \(between)$B:\(second) last:\(second)"
    ) { role in
      (role == "first" ? first : last).map {
        (String(decoding: texts[$0], as: UTF8.self), Int32(truncatingIfNeeded: $0))
      }
    }
  }

  /// The parts of a tokenizer.json.
  func whole(
    normalizer: JSONValue = .null, preTokenizer: JSONValue = .null, model: JSONValue,
    around postProcessor: JSONValue, addedTokens: JSONValue
  ) -> JSONValue {
    [
      "version": "1.0", "added_tokens": addedTokens, "normalizer": normalizer,
      "pre_tokenizer": preTokenizer, "post_processor": postProcessor, "model": model,
    ]
  }

  /// `vocab` of tokenizer.json.
  static func vocabulary(_ texts: [[UInt8]]) -> JSONValue {
    .object(texts.enumerated().map { (String(decoding: $1, as: UTF8.self), .int($0)) })
  }
}
