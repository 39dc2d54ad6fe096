import ModelFiles
package import Tokenizers

/// Text → tokens: a model's tokenizer, and what its other files change about it. It works
/// without the network.
package struct ModelTokenizer: Sendable {
  package private(set) var tokenizer: any TextTokenizer
  /// `nil` where nothing limits the length of a text.
  package private(set) var limit: LengthLimit?
  /// What other files than the tokenizer's own changed, for people.
  package let overrides: [String]
  /// Warnings about those files.
  let warnings: [String]
  /// A network's tokenizer, which tells special tokens; `nil` for tables of words.
  private(set) var network: Tokenizer?
  /// Tokens that are added to a text.
  let specials: Int
  /// Whether the network is given segments; where it is not, they are 0.
  let hasSegments: Bool
  /// Whether the second text of a pair has a segment of its own; where not, all are 0.
  let hasPairSegments: Bool
  /// The settings of a Transformer module; `nil` for other modules.
  let settings: TransformerSettings?
  /// What the network behind it is asked for.
  let task: NetworkTask
  /// What writes texts into a chat, where the model reads one.
  let chat: ChatFormat?
  /// How queries and documents are read whose tokens meet each other later.
  let lateInteraction: LateInteraction?
  /// The kind of the model that it was read for alone, and the side that was named.
  package internal(set) var kind = ModelKind.dense
  package internal(set) var side: TextSide?
  /// What the files say of the length of texts, beside the positions of the network.
  private let length: LengthSettings?
  /// For how many tokens the network has a table of positions.
  private var positions: Int?
  /// The rows of the network's table, where added tokens have ids beyond them.
  private var rows: Int?

  /// Lengths that the files name beside the one that counts.
  var otherLimits: [(tokens: Int, origin: String)] { length?.others ?? [] }

  /// No special tokens, as the reference has it for tables of vectors.
  init(plain tokenizer: any TextTokenizer, limit: LengthLimit? = nil) {
    self.tokenizer = tokenizer
    self.limit = limit
    (overrides, warnings, network, specials) = ([], [], nil, 0)
    (hasSegments, hasPairSegments) = (false, false)
    (settings, length, task, chat, lateInteraction) = (nil, nil, .features, nil, nil)
  }

  /// The reader of a Transformer module.
  /// - Parameter config: config.json, which has the network's type and its positions
  init(_ entry: ModuleEntry, _ config: JSON) throws {
    let folder = entry.folder
    let settings = try TransformerSettings(entry)
    try settings.checkTokens(isLate: entry.lateInteraction != nil)
    let own = try settings.tokenizerConfig(folder)
    if try own.flag("split_special_tokens", default: false) {
      throw FileError(
        "\(own.name): `split_special_tokens` is true, which is not followed: special tokens are found "
          + "in texts; set it to false, or remove it")
    }
    var tokenizer = try TokenizerFiles.tokenizer(
      folder: folder.path, model: config, config: own, files: folder.files,
      lowercasingFirst: settings.lowercasesFirst)
    let truncation = try Self.truncation(own, folder)
    tokenizer.truncationDirection = truncation.direction
    tokenizer = try entry.lateInteraction?.prepared(tokenizer) ?? tokenizer
    (task, lateInteraction) = (entry.task, entry.lateInteraction)
    chat = try ChatFormat(entry, settings: settings.json, config: own, tokenizer)
    // A chat template adds all special tokens itself.
    specials = chat == nil ? tokenizer.specialCount : 0
    let length = try LengthSettings(
      settings, tokenizer: own, config: config, specials: specials)
    let names = try own.present("model_input_names")?.array().elements.map { try $0.string() }
    self.tokenizer = tokenizer
    (self.settings, self.length) = (settings, length)
    limit = try length.limit()
    positions = length.table
    warnings = settings.warnings
    network = tokenizer
    let given = names?.contains("token_type_ids")
    hasSegments = given ?? true
    hasPairSegments = try given ?? TokenizerClass(own, model: config).givesSegments
    let paddingSide = try own.present("padding_side")?.string()
    let found: [(Bool, String)] = [
      (settings.lowercasesFirst, "sentence_bert_config.json: lower case first"),
      (
        truncation.direction == .left,
        "\(truncation.origin): texts lose their beginning, not their end"
      ),
      (!hasSegments, "tokenizer_config.json: no token types"),
      (paddingSide == "left", "tokenizer_config.json: padding on the left; there is none here"),
      (chat != nil, "texts go through the tokenizer's chat template, as in sentence-transformers"),
    ]
    overrides = found.filter(\.0).map(\.1)
  }

  /// The end at which texts are cut: the tokenizer's `truncation_side`, else that of the truncation
  /// that tokenizer.json carries, whose length does not count.
  static func truncation(
    _ config: JSON, _ folder: ModelFolder
  ) throws -> (direction: TruncationDirection, origin: String) {
    let written = try folder.objectIfPresent(tokenizer: "tokenizer.json")?.present("truncation")
    written?.askForAll()
    guard let side = try config.present("truncation_side") ?? written?.present("direction") else {
      return (.right, "")
    }
    let directions = ["left": TruncationDirection.left, "right": .right]
    guard let direction = directions[try side.string().lowercased()] else {
      throw FileError("\(side.place) is `\(try side.string())`, should be left or right")
    }
    return (direction, lastName(of: side.name))
  }

  /// The same tokenizer, limited to the positions of the network; those of config.json where `nil`.
  func limited(to positions: Int?) throws -> ModelTokenizer {
    guard let positions, let length else { return self }
    var tokenizer = self
    tokenizer.limit = try length.limit(positions: positions)
    tokenizer.positions = positions
    return tokenizer
  }

  /// The same tokenizer, which refuses texts with tokens that the network has no row for. Published
  /// models have such: a token that was added to the tokenizer, and never to the table.
  func checked(below rows: Int) -> ModelTokenizer {
    guard tokenizer.vocabularyCount > rows else { return self }
    var tokenizer = self
    tokenizer.rows = rows
    return tokenizer
  }

  func check(_ ids: [Int32]) throws {
    guard let rows, let id = ids.first(where: { $0 >= rows }) else { return }
    let text = network?.token(of: id).map { String(decoding: $0, as: UTF8.self) } ?? ""
    throw FileError(
      "the token `\(text)` has the id \(id), but the model's embedding table has \(rows) rows; take it "
        + "out of the text")
  }

  /// The most tokens that are read of a text when a user asks for `asked` at most; `nil` for all.
  /// - Parameter side: what the text is, where models read queries and documents differently
  package func limit(asked: Int?, side: TextSide? = nil) throws -> Int? {
    // The lengths of late interaction stand in the place of the tokenizer's, not of the network's.
    let own =
      lateInteraction.map { late in
        [late.limit(side ?? .document, otherwise: limit?.tokens), positions].compactMap { $0 }.min()
      } ?? limit?.tokens
    guard let asked else { return own }
    guard asked > specials else {
      throw FileError(
        "a maximum length of \(asked) leaves no room for text beside \(specials) special tokens")
    }
    return min(asked, own ?? asked)
  }

  /// How many tokens of each text come from a prompt, as the reference counts them: those of the
  /// prompt alone, without a special token at its end. Tables of words do not count them, nor do
  /// chats: 0.
  func promptLength(_ prompt: [UInt8], limit: Int?) throws -> Int {
    guard let network, chat == nil, !prompt.isEmpty else { return 0 }
    let ids = try prompt.withUnsafeBytes {
      try network.encode($0, limit: limit, withSpecials: specials > 0).ids
    }
    return ids.count - (ids.last.map(network.isSpecial) ?? false ? 1 : 0)
  }

  /// The tokens of a text, `limit` of them at most.
  /// - Parameters:
  ///   - text: valid UTF-8, as is the prompt, which goes before it or, in a chat, into a message of
  ///     its own
  ///   - side: what the text is, where models read queries and documents differently
  package func encoding(
    of text: [UInt8], prompt: [UInt8] = [], limit: Int?, side: TextSide? = nil
  ) throws -> Encoding {
    let encoding =
      if let chat {
        try chat.encoding(
          .one(String(decoding: text, as: UTF8.self)), prompt: prompt, limit: limit
        ).encoding
      } else {
        try plainEncoding(of: prompt.isEmpty ? text : prompt + text, limit: limit, side)
      }
    try check(encoding.ids)
    return withSegments(encoding)
  }

  private func plainEncoding(
    of text: [UInt8], limit: Int?, _ side: TextSide?
  ) throws -> Encoding {
    if let lateInteraction, let network {
      return try lateInteraction.encoding(
        of: text, side: side ?? .document, limit: limit, otherwise: self.limit?.tokens, by: network)
    }
    return try text.withUnsafeBytes {
      try tokenizer.encode($0, limit: limit, withSpecials: specials > 0)
    }
  }

  /// All tokens of a text, without special ones.
  /// - Parameter text: valid UTF-8
  func tokens(of text: [UInt8]) throws -> [Int32] {
    try text.withUnsafeBytes {
      if let network {
        let ids = try network.tokens(of: $0)
        try check(ids)
        return ids
      }
      return try tokenizer.encode($0, limit: nil, withSpecials: false).ids
    }
  }

  /// Some of a text's tokens as a text of their own, with special ones added.
  func encoding(of tokens: [Int32]) throws -> Encoding {
    let encoding =
      network?.processed(tokens, withSpecials: specials > 0) ?? Encoding(ids: tokens)
    try check(encoding.ids)
    return withSegments(encoding)
  }

  /// The end at which long texts are cut.
  var truncationDirection: TruncationDirection {
    (network ?? tokenizer as? Tokenizer)?.truncationDirection ?? .right
  }

  /// The same tokenizer, which cuts long texts at that end; `nil` where it can only cut the other,
  /// as tables of words and chats do.
  func cutting(_ direction: TruncationDirection) -> ModelTokenizer? {
    if direction == truncationDirection { return self }
    guard chat == nil, var own = network ?? tokenizer as? Tokenizer else { return nil }
    own.truncationDirection = direction
    var cutting = self
    cutting.tokenizer = own
    if network != nil { cutting.network = own }
    return cutting
  }

  /// Tokens without the special ones that this tokenizer puts around a text.
  /// - Returns: `nil` where they are not so framed, or no row of the network's table is theirs
  func unframed(_ ids: [Int32]) -> [Int32]? {
    guard let network, chat == nil, lateInteraction == nil, specials > 0 else { return nil }
    // Where the text's tokens stand among the special ones.
    guard let at = network.processed([-1]).ids.firstIndex(of: -1), ids.count >= specials else {
      return nil
    }
    let inner = Array(ids[at..<(ids.count - (specials - at))])
    let known = 0..<Int32(clamping: rows ?? tokenizer.vocabularyCount)
    return inner.allSatisfy(known.contains) && network.processed(inner).ids == ids ? inner : nil
  }

  /// Tokens of a network with its special ones around them, cut to a limit.
  func encoding(of tokens: [Int32], limit: Int?) throws -> Encoding {
    withSegments(
      try network?.processed(tokens, limit: limit) ?? Encoding(ids: tokens))
  }

  /// The text of which tokens are made; `nil` where none is known that has just these.
  func text(of ids: [Int32]) throws -> [UInt8]? {
    guard let network, network.canDecode else { return nil }
    let text = try network.decoded(ids, skippingSpecials: false)
    return try tokens(of: text) == ids ? text : nil
  }

  /// An encoding with the segments that the network is given.
  func withSegments(_ encoding: Encoding) -> Encoding {
    guard !hasSegments else { return encoding }
    var encoding = encoding
    encoding.segments = [Int32](repeating: 0, count: encoding.ids.count)
    return encoding
  }
}
