import ModelFiles

/// The tokenizer.json that says what a folder's older files say; the ordinary reader then reads it.
struct EquivalentFile {
  var normalizer = JSONValue.null
  var preTokenizer = JSONValue.null
  var model = JSONValue.null
  var postProcessor = JSONValue.null
  var addedTokens: [SpecialTokens.Token] = []

  /// - Parameter name: what errors call it: the file that all comes from.
  func json(name: String) throws -> JSON {
    try JSON(
      [
        "added_tokens": .array(addedTokens.map(\.json)), "normalizer": normalizer,
        "pre_tokenizer": preTokenizer, "model": model, "post_processor": postProcessor,
      ], name: name)
  }

  /// A TemplateProcessing, of templates as the reference's library takes them: `$A:0` is the first
  /// text in segment 0, `$B:1` the second in segment 1, and other names are roles of tokens.
  /// - Parameter token: the token of a role and its id; nil where the role is left out.
  static func template(
    single: String, pair: String, token: (String) throws -> (text: String, id: Int32)?
  ) rethrows -> JSONValue {
    var specials: [(String, JSONValue)] = []
    func parts(_ template: String) throws -> JSONValue {
      .array(
        try template.split(separator: " ").compactMap { part in
          let name = String(part.prefix { $0 != ":" })
          let segment = JSONValue.source(Array(part.dropFirst(name.count + 1).utf8))
          if name.hasPrefix("$") {
            return ["Sequence": ["id": .string(String(name.dropFirst())), "type_id": segment]]
          }
          guard let (text, id) = try token(name) else { return nil }
          if !specials.contains(where: { $0.0 == text }) {
            specials.append((text, ["ids": [.int(Int(id))]]))
          }
          return ["SpecialToken": ["id": .string(text), "type_id": segment]]
        })
    }
    let (single, pair) = (try parts(single), try parts(pair))
    return [
      "type": "TemplateProcessing", "single": single, "pair": pair,
      "special_tokens": .object(specials),
    ]
  }
}

extension SpecialTokens {
  /// The token of a role that a model cannot do without.
  func required(_ role: String) throws -> Token {
    guard let token = self[role] else {
      throw FileError("tokenizer_config.json: `\(role)` is null, should be a token")
    }
    return token
  }
}

extension Vocabulary {
  /// The id that each token gets: its piece's, or else the next that is free.
  func ids(of tokens: [SpecialTokens.Token], free: Int) -> [[UInt8]: Int32] {
    var ids: [[UInt8]: Int32] = [:]
    var free = free
    for token in tokens where ids[token.content] == nil {
      if let id = token.content.withUnsafeBytes({ id(of: $0) }) {
        ids[token.content] = id
      } else {
        ids[token.content] = Int32(truncatingIfNeeded: free)
        free += 1
      }
    }
    return ids
  }
}
