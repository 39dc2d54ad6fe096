package import ModelFiles

/// Turns text into token ids as tokenizer.json says: finds added tokens, normalizes the rest,
/// splits it into words and looks these up; then adds special tokens.
package struct Tokenizer: Sendable {
  /// What is done to the whole text before tokens are looked for; no tokenizer.json asks for any.
  let preparation: (any Normalizer)?
  let normalizer: (any Normalizer)?
  let preTokenizer: (any PreTokenizer)?
  let model: any TokenModel
  let postProcessor: (any PostProcessor)?
  var addedTokens: AddedTokens
  private let requirements: TokenizerRequirements
  let decoding: Decoding
  /// The end of a long text that is cut off.
  package var truncationDirection = TruncationDirection.right
  /// The tokens that the files give a part to play.
  var roles = TokenRoles()

  /// Reads tokenizer.json. Its truncation and padding are not read: sentence-transformers sets its
  /// own for each call.
  /// - Parameters:
  ///   - lowercasingFirst: `do_lower_case` of sentence_bert_config.json: lower case before the
  ///     file's own normalizer, unless that is `Lowercase` already.
  package init(_ json: JSON, lowercasingFirst: Bool = false) throws {
    try self.init(json, rebuilt: nil, lowercasingFirst: lowercasingFirst, tokens: nil)
  }

  /// - Parameter rebuilt: what a class of transformers puts in the place of the file's stages and
  ///   added tokens.
  init(
    _ json: JSON, rebuilt: RebuiltStages?, lowercasingFirst: Bool, tokens beside: SpecialTokens?
  ) throws {
    if let version = try json.present("version"), try version.string() != "1.0" {
      throw FileError("\(json.name): `version` is `\(try version.string())`, should be `1.0`")
    }
    preparation = nil
    model = try TokenModels.make(json.object("model"))
    func stage(_ key: String, _ made: JSONValue?) throws -> JSON? {
      guard let made else { return try json.present(key) }
      if case .null = made { return nil }
      return try JSON(made, name: json.name)
    }
    let stages = rebuilt?.stages
    let own = try stage("normalizer", stages?.normalizer).map(Normalizers.make)
    if lowercasingFirst, !Self.lowercases(own) {
      normalizer = NormalizerSequence([Lowercase()] + (own.map { [$0] } ?? []))
    } else {
      normalizer = own
    }
    preTokenizer = try stage("pre_tokenizer", stages?.preTokenizer).map(PreTokenizers.make)
    let tokens = try AddedTokens(
      rebuilt == nil ? json.present("added_tokens") : nil,
      replacing: (rebuilt?.tokens.all ?? beside?.decoded.map(\.token) ?? []).map(AddedToken.init),
      adding: (beside?.inRoles ?? []).map(AddedToken.init), model, normalizer)
    let vocabulary = model.vocabulary
    postProcessor = try stage(
      "post_processor",
      rebuilt?.postProcessor(isWritten: json.present("post_processor") != nil) {
        tokens.id(of: $0) ?? vocabulary.id(of: $0)
      }
    ).map(PostProcessors.make)
    addedTokens = tokens
    decoding = try Decoding(json.present("decoder"), of: model, normalizer, preTokenizer)
    requirements = try TokenizerRequirements(
      postProcessor, isPair: false,
      largestID: max(model.vocabulary.largestID, addedTokens.largestID))
  }

  /// Whether `Lowercase` is a normalizer, or a part of one: as sentence-transformers looks for it.
  private static func lowercases(_ normalizer: (any Normalizer)?) -> Bool {
    normalizer is Lowercase
      || (normalizer as? NormalizerSequence)?.parts.contains { $0 is Lowercase } ?? false
  }

  /// Puts together stages that no tokenizer.json describes.
  init(
    preparation: any Normalizer, addedTokens: AddedTokens, normalizer: any Normalizer,
    preTokenizer: any PreTokenizer, model: any TokenModel, postProcessor: any PostProcessor
  ) throws {
    self.preparation = preparation
    self.addedTokens = addedTokens
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.postProcessor = postProcessor
    decoding = try Decoding(nil, of: model, normalizer, preTokenizer)
    requirements = try TokenizerRequirements(
      postProcessor, isPair: false,
      largestID: max(model.vocabulary.largestID, addedTokens.largestID))
  }

  /// The ids of a text.
  /// - Parameters:
  ///   - text: valid UTF-8.
  ///   - limit: the most tokens, special ones included.
  /// - Throws: if the limit leaves no room for text, or a word is unknown to a model that has no
  ///   token for such.
  package func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool = true
  ) throws -> Encoding {
    let truncation = try Truncation(
      limit: limit, specials: withSpecials ? specialCount : 0, direction: truncationDirection)
    var ids = try tokens(of: text, until: truncation.isFull)
    let truncated = truncation(&ids)
    return processed(ids, truncated: truncated, withSpecials: withSpecials)
  }

  /// The ids of a pair of texts, as a cross-encoder takes it.
  /// - Parameters:
  ///   - text: valid UTF-8, as is the other.
  ///   - limit: the most tokens of both texts, special ones included.
  ///   - strategy: which text loses tokens.
  /// - Throws: also if the strategy cannot cut enough, or tokenizer.json does not say how two texts
  ///   go together.
  package func encode(
    _ text: UnsafeRawBufferPointer, pair other: UnsafeRawBufferPointer, limit: Int?,
    truncation strategy: TruncationStrategy = .longestFirst, withSpecials: Bool = true
  ) throws -> Encoding {
    let specials = try postProcessor?.addedIDs(toPair: true).count ?? 0
    let truncation = try Truncation(
      limit: limit, specials: withSpecials ? specials : 0, direction: truncationDirection)
    var first = try tokens(of: text, until: truncation.isFull)
    var second = try tokens(of: other, until: truncation.isFull)
    if !truncation.isKnown(first.count, second.count, strategy) {
      (first, second) = (try tokens(of: text), try tokens(of: other))
    }
    let truncated = try truncation(&first, &second, strategy)
    var texts = EncodedTexts(
      first: Encoding(ids: first, truncated: truncated.first),
      second: Encoding(ids: second, segment: 1, truncated: truncated.second))
    postProcessor?(&texts, withSpecials: withSpecials)
    return texts.joined
  }

  /// The ids of a text, all of them and no others: what `processed` makes an encoding of.
  /// - Parameter text: valid UTF-8.
  package func tokens(of text: UnsafeRawBufferPointer) throws -> [Int32] {
    try tokens(of: text) { _ in false }
  }

  /// The last stage: ids of a text with special tokens added.
  package func processed(
    _ ids: [Int32], truncated: Bool = false, withSpecials: Bool = true
  ) -> Encoding {
    var texts = EncodedTexts(first: Encoding(ids: ids, truncated: truncated))
    postProcessor?(&texts, withSpecials: withSpecials)
    return texts.joined
  }

  /// The last stages: as many ids of a text as a limit leaves, with special tokens added.
  package func processed(_ ids: [Int32], limit: Int?) throws -> Encoding {
    let truncation = try Truncation(
      limit: limit, specials: specialCount, direction: truncationDirection)
    var ids = ids
    let truncated = truncation(&ids)
    return processed(ids, truncated: truncated)
  }

  /// - Parameter isEnough: whether a count of tokens is enough; the rest of the text is not read.
  private func tokens(
    of text: UnsafeRawBufferPointer, until isEnough: (Int) -> Bool
  ) throws -> [Int32] {
    guard let preparation else { return try preparedTokens(of: text, until: isEnough) }
    var buffer = TextBuffer()
    buffer.set(text, startsText: true)
    try preparation(&buffer)
    return try buffer.bytes.withUnsafeBytes { try preparedTokens(of: $0, until: isEnough) }
  }

  private func preparedTokens(
    of text: UnsafeRawBufferPointer, until isEnough: (Int) -> Bool
  ) throws -> [Int32] {
    var ids: [Int32] = []
    var given: [PreToken] = []
    addedTokens.inText.split(text, startsText: true, into: &given)
    var preTokens = PreTokenizedText()
    for preToken in given where !isEnough(ids.count) {
      if let token = preToken.token {
        ids.append(token)
      } else {
        preTokens.text.set(
          UnsafeRawBufferPointer(rebasing: text[preToken.range]), startsText: preToken.startsText)
        try split(&preTokens)
        try append(preTokens, to: &ids, until: isEnough)
      }
    }
    return ids
  }

  /// Normalizes a text and splits it into tokens and words.
  private func split(_ preTokens: inout PreTokenizedText) throws {
    try normalizer?(&preTokens.text)
    preTokens.begin { addedTokens.inNormalized.split($0, startsText: $1, into: &$2) }
    try preTokenizer?(&preTokens)
  }

  private func append(
    _ preTokens: PreTokenizedText, to ids: inout [Int32], until isEnough: (Int) -> Bool
  ) throws {
    try preTokens.text.bytes.withUnsafeBytes { bytes in
      for preToken in preTokens.list where !isEnough(ids.count) {
        if let token = preToken.token {
          ids.append(token)
        } else {
          try model(UnsafeRawBufferPointer(rebasing: bytes[preToken.range]), into: &ids)
        }
      }
    }
  }
}

extension Tokenizer {
  /// The largest id and 1: the embedding table should have as many rows at least.
  package var vocabularyCount: Int { requirements.vocabularyCount }

  /// The largest id of a piece, added tokens apart, and 1.
  package var pieceCount: Int { Int(model.vocabulary.largestID) + 1 }

  /// The largest segment and 1: the segment table should have as many rows at least.
  package var segmentCount: Int { requirements.segmentCount }

  /// How many tokens are added to a text.
  package var specialCount: Int { requirements.specialCount }

  /// What pairs of texts ask of a model.
  /// - Throws: if tokenizer.json does not say how two texts go together.
  package func pairRequirements() throws -> TokenizerRequirements {
    try TokenizerRequirements(
      postProcessor, isPair: true,
      largestID: max(model.vocabulary.largestID, addedTokens.largestID))
  }

  /// The bytes of every token by its id, for displaying many of them.
  package var tokensByID: [Int32: [UInt8]] {
    var tokens: [Int32: [UInt8]] = [:]
    tokens.reserveCapacity(model.vocabulary.count)
    model.vocabulary.visit { tokens[$1] = Array($0) }
    addedTokens.visit { tokens[$0] = $1 }
    return tokens
  }

  /// The bytes of one token.
  package func token(of id: Int32) -> [UInt8]? {
    addedTokens.content(of: id) ?? model.vocabulary.piece(of: id)
  }

  package func id(of token: String) -> Int32? {
    addedTokens.id(of: token) ?? model.vocabulary.id(of: token)
  }

  /// Whether `added_tokens` calls this token special.
  package func isSpecial(_ id: Int32) -> Bool { addedTokens.isSpecial(id) }

  /// A line for each stage, for display.
  package var summary: [(stage: String, description: String)] {
    let normalizers = [preparation, normalizer].compactMap { $0?.description }
    return [
      ("added tokens", "\(addedTokens.count)"),
      ("normalizer", normalizers.isEmpty ? "none" : normalizers.joined(separator: ", then ")),
      ("pre-tokenizer", preTokenizer?.description ?? "none"),
      ("model", model.description),
      ("post-processor", postProcessor?.description ?? "none"),
    ]
  }
}
