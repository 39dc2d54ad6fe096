import ModelFiles

/// The tokenizer.json that says what a folder's older files say; the ordinary reader then reads it.
struct EquivalentFile {
  /// One JSON value for each stage.
  var normalizer = "null"
  var preTokenizer = "null"
  var model: [UInt8] = []
  var postProcessor = Array("null".utf8)
  var addedTokens: [SpecialTokens.Token] = []

  /// - Parameter name: what errors call it: the file that all comes from.
  func json(name: String) throws -> JSON {
    var bytes = Array(#"{"added_tokens":"#.utf8)
    bytes += addedTokensText
    bytes += #","normalizer":\#(normalizer),"pre_tokenizer":\#(preTokenizer),"model":"#.utf8
    bytes += model
    bytes += #","post_processor":"#.utf8
    bytes += postProcessor
    bytes += "}".utf8
    return try JSON(bytes, name: name)
  }

  /// `added_tokens` alone.
  func addedTokensJSON() throws -> JSON { try JSON(addedTokensText, name: "the added tokens") }

  private var addedTokensText: [UInt8] {
    var bytes = Array("[".utf8)
    for (index, token) in addedTokens.enumerated() {
      if index > 0 { bytes += ",".utf8 }
      token.append(to: &bytes)
    }
    return bytes + "]".utf8
  }
}

/// A TemplateProcessing as JSON, put together part by part.
struct WrittenTemplate {
  private var single: [UInt8] = []
  private var specials: [UInt8] = []

  var bytes: [UInt8] {
    Array(#"{"type":"TemplateProcessing","single":["#.utf8) + single
      + Array(#"],"special_tokens":{"#.utf8) + specials + Array("}}".utf8)
  }

  mutating func addText() {
    separate()
    single += #"{"Sequence":{"id":"A","type_id":0}}"#.utf8
  }

  mutating func addSpecial(_ content: [UInt8], id: Int32, segment: Int = 0) {
    separate()
    single += #"{"SpecialToken":{"id":"#.utf8
    single.append(jsonString: content)
    single += #","type_id":\#(segment)}}"#.utf8
    if !specials.isEmpty { specials += ",".utf8 }
    specials.append(jsonString: content)
    specials += #":{"ids":[\#(id)]}"#.utf8
  }

  private mutating func separate() {
    if !single.isEmpty { single += ",".utf8 }
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
