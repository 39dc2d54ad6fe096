import ModelFiles

/// The added tokens of a tokenizer written in Python, with the ids that transformers gives them:
/// the id from a file, else that of the equal piece, else the next id after all pieces.
struct PythonAddedTokens {
  /// Every token's id.
  private(set) var ids: [[UInt8]: Int32] = [:]
  /// The tokens to find in text; if two have the same id, the last one.
  let found: [(id: Int32, token: AddedToken)]

  init(_ tokens: SpecialTokens, _ vocabulary: Vocabulary) throws {
    var byID: [Int32: SpecialTokens.Token] = [:]
    for (id, token) in tokens.decoded {
      guard let id = Int32(exactly: id), id >= 0 else {
        throw FileError(
          "the token `\(token.text)` has the id \(id), should be from 0 to \(Int32.max)")
      }
      byID[id] = token
      ids[token.content] = id
    }
    var free = ids.keys.reduce(vocabulary.count) { count, content in
      content.withUnsafeBytes(vocabulary.id) == nil ? count + 1 : count
    }
    for token in tokens.inRoles {
      if ids[token.content] == nil {
        let known = token.content.withUnsafeBytes(vocabulary.id)
        ids[token.content] = known ?? Int32(truncatingIfNeeded: free)
        if known == nil { free += 1 }
      }
      if let id = ids[token.content] { byID[id] = token }
    }
    var contents: Set<[UInt8]> = []
    var found: [(id: Int32, token: AddedToken)] = []
    for token in byID.sorted(by: { $0.key < $1.key }).map(\.value) {
      guard let id = ids[token.content], contents.insert(token.content).inserted else { continue }
      found.append((id, try Self.added(token)))
    }
    self.found = found
  }

  /// Tokens are searched for in the text as given, before normalization.
  private static func added(_ token: SpecialTokens.Token) throws -> AddedToken {
    guard !token.singleWord else {
      throw FileError(
        "the token `\(token.text)` has `single_word`, which is not supported for FlauBERT, XLM and PhoBERT"
      )
    }
    return AddedToken(
      content: token.content, leftStrip: token.leftStrip, rightStrip: token.rightStrip,
      special: token.special)
  }
}
