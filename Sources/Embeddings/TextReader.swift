import ModelFiles
package import Tokenizers

/// Text → tokens: a model's tokenizer, and what its other files may change about it. It stands
/// without the network behind it.
package struct TextReader: Sendable {
  package let tokenizer: any TextTokenizer
  /// `nil` where nothing limits the length of a text.
  package let limit: LengthLimit?
  /// What other files than the tokenizer's own changed, for people.
  package let overrides: [String]
  /// Tokens that are added to a text.
  private let specials: Int
  private let hasSegments: Bool

  /// The reader of a model directory, whatever its first module is.
  package init(model folder: ModelFolder) throws {
    let listing = folder.path(of: ModuleEntry.fileName)
    guard let first = try ModuleEntry.list(folder).first else {
      throw FileError("\(listing): no module is named")
    }
    let inner = try folder.module(first.path, named: listing)
    switch first.kind {
    case "Transformer": self = try Self.transformer(inner).reader
    case "StaticEmbedding":
      self.init(plain: try TokenizerFiles.tokenizer(folder: inner.path))
    case "WordEmbeddings":
      self.init(plain: try TokenizerFiles.wordTokenizer(folder: inner.path))
    default:
      throw FileError(
        "\(listing): the first module, `\(first.type)`, has no tokenizer that is read; known are "
          + "StaticEmbedding, Transformer, WordEmbeddings")
    }
  }

  /// No special tokens and no limit, as the reference has it for tables of vectors.
  private init(plain tokenizer: any TextTokenizer) {
    self.tokenizer = tokenizer
    (limit, overrides, specials, hasSegments) = (nil, [], 0, false)
  }

  /// The reader of a Transformer module, and its tokenizer.
  /// - Parameter positions: how long the network's texts may be; config.json's word unless said
  static func transformer(
    _ folder: ModelFolder, positions: Int? = nil
  ) throws -> (reader: TextReader, tokenizer: Tokenizer) {
    let config = try folder.object("config.json", for: "says what network the weights are for")
    let settings = try settings(folder)
    let overriding = try folder.objectIfPresent("tokenizer_config.json")
    let lowercasesFirst = try settings?.bool("do_lower_case", default: false) ?? false
    var tokenizer = try TokenizerFiles.tokenizer(
      folder: folder.path, modelType: config.present("model_type")?.string(),
      lowercasingFirst: lowercasesFirst, adding: addedTokens(overriding))
    tokenizer.truncationDirection = try truncation(overriding)
    let limit = try LengthLimit(
      settings: settings, tokenizer: overriding, positions: positions ?? self.positions(config),
      specials: tokenizer.specialCount)
    let reader = try TextReader(
      tokenizer, limit: limit, lowercasesFirst: lowercasesFirst, overriding: overriding)
    return (reader, tokenizer)
  }

  private init(
    _ tokenizer: Tokenizer, limit: LengthLimit?, lowercasesFirst: Bool, overriding: JSON?
  ) throws {
    let names = try overriding?.present("model_input_names")?.array().elements.map {
      try $0.string()
    }
    self.tokenizer = tokenizer
    self.limit = limit
    specials = tokenizer.specialCount
    hasSegments = names?.contains("token_type_ids") ?? true
    let paddingSide = try overriding?.present("padding_side")?.string()
    let found: [(Bool, String)] = [
      (lowercasesFirst, "sentence_bert_config.json: lower case first"),
      (
        tokenizer.truncationDirection == .left,
        "tokenizer_config.json: texts lose their beginning, not their end"
      ),
      (!hasSegments, "tokenizer_config.json: no token types"),
      (paddingSide == "left", "tokenizer_config.json: padding on the left; there is none here"),
    ]
    overrides = found.filter(\.0).map(\.1)
  }

  private static func truncation(_ overriding: JSON?) throws -> TruncationDirection {
    guard let json = overriding, let side = try json.present("truncation_side")?.string() else {
      return .right
    }
    guard let direction = ["left": TruncationDirection.left, "right": .right][side] else {
      throw FileError("\(json.name): truncation_side is `\(side)`, should be left or right")
    }
    return direction
  }

  /// The most tokens that are read of a text when a user asks for `asked` at most; `nil` for all.
  package func limit(asked: Int?) throws -> Int? {
    guard let asked else { return limit?.tokens }
    guard asked > specials else {
      throw FileError(
        "a maximum length of \(asked) leaves no room for text beside \(specials) special tokens")
    }
    return min(asked, limit?.tokens ?? asked)
  }

  /// The tokens of a text, `limit` of them at most.
  /// - Parameter text: valid UTF-8
  package func encoding(of text: [UInt8], limit: Int?) throws -> Encoding {
    var encoding = try text.withUnsafeBytes {
      try tokenizer.encode($0, limit: limit, withSpecials: specials > 0)
    }
    if !hasSegments {
      encoding.segments = [Int32](repeating: 0, count: encoding.ids.count)
    }
    return encoding
  }

  // One of these holds the module's settings, in the order in which sentence-transformers looks.
  private static let settingsFiles = [
    "bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet",
  ].map { "sentence_\($0)_config.json" }

  private static func settings(_ folder: ModelFolder) throws -> JSON? {
    try settingsFiles.first(where: folder.has).flatMap(folder.objectIfPresent)
  }

  /// Tokens that tokenizer_config.json declares, by the ids it says they have.
  private static func addedTokens(_ config: JSON?) throws -> [JSON] {
    guard let declared = try config?.present("added_tokens_decoder")?.object() else { return [] }
    let numbered = try declared.members.map { member in
      let key = try member.key.string()
      guard let id = Int(key), id >= 0 else {
        throw FileError(
          "\(declared.name): `added_tokens_decoder` has the key `\(key)`, should be a token's id")
      }
      return (id: id, token: member.value)
    }
    return numbered.sorted { $0.id < $1.id }.map(\.token)
  }

  /// `max_position_embeddings`, where it is one: XLNet says −1.
  private static func positions(_ config: JSON) throws -> Int? {
    guard let value = try config.present("max_position_embeddings") else { return nil }
    let positions = try value.int()
    return positions > 0 ? positions : nil
  }
}
