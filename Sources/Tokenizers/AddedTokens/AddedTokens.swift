import ModelFiles

/// A token that is found in the text before it is split into words.
struct AddedToken: Sendable, Equatable {
  let content: [UInt8]
  /// It matches only where no word character is next to it.
  let singleWord: Bool
  /// It includes the white space to its left.
  let leftStrip: Bool
  /// It includes the white space to its right.
  let rightStrip: Bool
  /// It is normalized and searched for in the normalized text, not in the text as given.
  let normalized: Bool
  let special: Bool

  /// A token that is looked for in the text as given.
  init(content: [UInt8], leftStrip: Bool, rightStrip: Bool, special: Bool) {
    self.content = content
    self.leftStrip = leftStrip
    self.rightStrip = rightStrip
    self.special = special
    singleWord = false
    normalized = false
  }

  /// A token that tokenizer.json lists. It must say its id, but the reference gives its own: that of
  /// the model's piece, or the next free one.
  init(_ json: JSON) throws {
    content = try json.value("content").bytes()
    singleWord = try json.bool("single_word")
    leftStrip = try json.bool("lstrip")
    rightStrip = try json.bool("rstrip")
    normalized = try json.bool("normalized")
    special = try json.bool("special")
    _ = try json.int("id")
  }

  /// A token that a file beside tokenizer.json names.
  init(_ token: SpecialTokens.Token) {
    (content, singleWord) = (token.content, token.singleWord)
    (leftStrip, rightStrip) = (token.leftStrip, token.rightStrip)
    (normalized, special) = (token.normalized, token.special)
  }
}

/// The tokens of `added_tokens`, with the ids that they get.
struct AddedTokens: Sendable {
  /// Finds those that are looked for in the text as given.
  let inText: AddedTokenFinder
  /// Finds those that are looked for in normalized text.
  let inNormalized: AddedTokenFinder
  private var contents: Vocabulary
  private var tokens: [Int32: AddedToken] = [:]
  /// What is looked for in normalized text, where that is not the content.
  private var rewritten: [Int32: [UInt8]] = [:]

  /// - Parameters:
  ///   - json: `added_tokens` of tokenizer.json, if they count
  ///   - replacing: tokens that count as they are here, whatever the file says of them
  ///   - adding: tokens that count where the file has none of the same content
  init(
    _ json: JSON?, replacing: [AddedToken] = [], adding: [AddedToken] = [],
    _ model: any TokenModel, _ normalizer: (any Normalizer)?
  ) throws {
    let changed = Dictionary(replacing.map { ($0.content, $0) }) { first, _ in first }
    let own = try json?.array().elements.map { try AddedToken($0) } ?? []
    var names = Set(own.map(\.content))
    let more = (replacing + adding).filter { names.insert($0.content).inserted }
    var contents = Vocabulary(capacity: json?.count ?? 0)
    var tokens: [Int32: AddedToken] = [:]
    // Only patterns that differ from the content are kept. Such a one stays with its id, even if
    // the id goes to another token later: so it is in the reference.
    var rewritten: [Int32: [UInt8]] = [:]
    // The reference counts pieces here; their largest id may be larger.
    var free = model.pieceCount
    // One for all tokens, which so share what normalizing them may cost.
    var text = TextBuffer()
    var patternBytes = 0
    let all = own.map { changed[$0.content] ?? $0 } + more
    for element in all where !element.content.isEmpty {
      try element.content.withUnsafeBytes { content in
        let known = contents.id(of: content) ?? model.vocabulary.id(of: content)
        let id = known ?? Int32(truncatingIfNeeded: free)
        if known == nil { free += 1 }
        try contents.insert(content, id: id)
        tokens[id] = element
        if element.normalized, let normalizer {
          text.set(content, startsText: true)
          try normalizer(&text)
          if text.bytes != element.content { rewritten[id] = text.bytes }
        }
        patternBytes += rewritten[id]?.count ?? content.count
        try PatternAutomaton.check(patternBytes)
      }
    }
    try self.init(contents, tokens, rewritten: rewritten)
  }

  private init(
    _ contents: Vocabulary, _ tokens: [Int32: AddedToken], rewritten: [Int32: [UInt8]]
  ) throws {
    (self.contents, self.tokens, self.rewritten) = (contents, tokens, rewritten)
    let sorted = tokens.sorted { $0.key < $1.key }
    inText = try AddedTokenFinder(
      sorted.filter { !$0.value.normalized }.map { ($0.key, $0.value, $0.value.content) })
    inNormalized = try AddedTokenFinder(
      sorted.filter(\.value.normalized).map {
        ($0.key, $0.value, rewritten[$0.key] ?? $0.value.content)
      })
  }

  /// The same, and these with the ids that the vocabulary has for them, in the place of others with
  /// those ids.
  func adding(_ more: [(id: Int32, token: AddedToken)]) throws -> AddedTokens {
    var (contents, tokens, rewritten) = (contents, tokens, rewritten)
    for (id, token) in more {
      try token.content.withUnsafeBytes { try contents.insert($0, id: id) }
      tokens[id] = token
      rewritten[id] = nil
    }
    return try AddedTokens(contents, tokens, rewritten: rewritten)
  }

  /// Tokens that are looked for in the text as given, with the ids that they have.
  init(_ tokens: [(id: Int32, token: AddedToken)]) throws {
    var contents = Vocabulary(capacity: tokens.count)
    for (id, token) in tokens {
      try token.content.withUnsafeBytes { try contents.insert($0, id: id) }
    }
    self.contents = contents
    self.tokens = Dictionary(tokens.map { ($0.id, $0.token) }) { $1 }
    inText = try AddedTokenFinder(tokens.map { ($0.id, $0.token, $0.token.content) })
    inNormalized = try AddedTokenFinder([])
  }

  var count: Int { tokens.count }

  var largestID: Int32 { contents.largestID }

  func id(of content: String) -> Int32? { contents.id(of: content) }

  func content(of id: Int32) -> [UInt8]? { tokens[id]?.content }

  /// The content as the normalizer leaves it, which is what the reference decodes to.
  func normalizedContent(of id: Int32) -> [UInt8]? { rewritten[id] ?? content(of: id) }

  /// Calls `body` with the id and the text of each.
  func visit(_ body: (Int32, [UInt8]) -> Void) {
    for (id, token) in tokens { body(id, token.content) }
  }

  func isSpecial(_ id: Int32) -> Bool { tokens[id]?.special ?? false }
}
