import ModelFiles

/// The tokens that tokenizer_config.json, special_tokens_map.json and added_tokens.json name beside
/// a vocabulary, as transformers reads them.
struct SpecialTokens: Sendable {
  struct Token: Sendable, Equatable {
    let content: [UInt8]
    var leftStrip = false
    var rightStrip = false
    var singleWord = false
    var normalized = false
    var special = true
    /// Whether a file gives properties, and not the text alone.
    var isObject = false
  }

  /// Names of tokens that have one part each to play, in the order in which transformers adds them.
  static let roles = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  private var named: [String: Token] = [:]
  /// `additional_special_tokens`.
  private var additional: [Token]
  /// Those with a part to play that this model alone has: `image_token`.
  private var own: [Token] = []
  /// Those that already had an id: `added_tokens_decoder` or added_tokens.json, by that id.
  private(set) var decoded: [(id: Int, token: Token)] = []

  /// - Parameters:
  ///   - config: tokenizer_config.json.
  ///   - defaults: what a role's token is if no file names it.
  ///   - written: `added_tokens` of tokenizer.json, which count where the config declares none.
  ///   - files: reads the other files.
  ///   - joinsLists: whether special_tokens_map.json adds to `additional_special_tokens` of the
  ///     config, as in transformers 4, and does not replace them.
  init(
    folder: String, config: JSON, defaults: [String: String], additional: [String] = [],
    written: JSON? = nil, files: ConfigurationFiles = ConfigurationFiles(), joinsLists: Bool = false
  ) throws {
    named = defaults.mapValues { Token(content: Array($0.utf8)) }
    self.additional = additional.map { Token(content: Array($0.utf8)) }
    try read(config)
    if let decoder = try config.present("added_tokens_decoder") {
      for (key, value) in try decoder.object().members {
        decoded.append((try Self.id(key), try Token(value)))
      }
    } else {
      try readOlderFiles(folder, files, joinsLists ? config : nil)
      try replace(by: written)
    }
    decoded.sort { $0.id < $1.id }
  }

  /// The token that plays a part, if one does.
  subscript(_ role: String) -> Token? { named[role] }

  /// All of them once, in the order in which they get ids if the vocabulary has none for them.
  var all: [Token] { Self.once(decoded.map(\.token) + inRoles) }

  /// Those that have a part to play or are additional, once each.
  var inRoles: [Token] { Self.once(Self.roles.compactMap { named[$0] } + own + additional) }

  /// Those that keep their case where a Python tokenizer makes text lower case.
  var guarded: [[UInt8]] {
    (inRoles + decoded.map(\.token).filter { !$0.special && $0.normalized }).map(\.content)
  }

  private static func once(_ tokens: [Token]) -> [Token] {
    var seen: Set<[UInt8]> = []
    return tokens.filter { !$0.content.isEmpty && seen.insert($0.content).inserted }
  }

  /// Gives the tokens with a part to play, and the additional ones, no properties but to be special.
  mutating func makeRolesPlain() {
    func plain(_ token: Token) -> Token { Token(content: token.content) }
    let names = Set(inRoles.map(\.content))
    named = named.mapValues(plain)
    (own, additional) = (own.map(plain), additional.map(plain))
    for index in decoded.indices where names.contains(decoded[index].token.content) {
      decoded[index].token = plain(decoded[index].token)
    }
  }

  /// Gives a role's token other properties, if it is written without any.
  mutating func change(_ role: String, _ body: (inout Token) -> Void) {
    guard var token = named[role], !token.isObject else { return }
    body(&token)
    named[role] = token
  }

  private mutating func read(_ json: JSON) throws {
    for role in Self.roles {
      guard let value = try json.object()[role] else { continue }
      named[role] = value.isNull ? nil : try Token(value)
    }
    for key in ["additional_special_tokens", "extra_special_tokens"] {
      guard let value = json[key] else { continue }
      if value.kind == .array { additional = try value.elements.map(Token.init) }
      if value.kind == .object { own += try value.members.map { try Token($0.value) } }
    }
    let others = json.values(where: { $0.hasSuffix("_token") && !Self.roles.contains($0) })
    for value in others where value.kind == .string || value.kind == .object {
      own.append(try Token(value))
    }
  }

  /// The files from before `added_tokens_decoder` was written.
  /// - Parameter config: where `additional_special_tokens` stay in front.
  private mutating func readOlderFiles(
    _ folder: String, _ files: ConfigurationFiles, _ config: JSON?
  ) throws {
    let map = "\(folder)/special_tokens_map.json"
    if try fileExists(map) {
      let listed = config?["additional_special_tokens"] == nil ? [] : additional
      try read(files.json(map))
      additional = Self.once(listed + additional)
    }
    let added = "\(folder)/added_tokens.json"
    guard try fileExists(added) else { return }
    let special = Set((Array(named.values) + additional).map(\.content))
    for (key, value) in try files.json(added).object().members {
      let content = try key.bytes()
      let isSpecial = special.contains(content)
      decoded.append(
        (
          Int(try value.tokenID()),
          Token(content: content, normalized: !isSpecial, special: isSpecial)
        ))
    }
  }

  /// Takes the tokens of tokenizer.json in the place of those with the same ids.
  private mutating func replace(by written: JSON?) throws {
    guard let written else { return }
    var tokens = Dictionary(decoded.map { ($0.id, $0.token) }) { $1 }
    for value in try written.array().elements { tokens[try value.int("id")] = try Token(value) }
    decoded = tokens.map { (id: $0.key, token: $0.value) }
  }

  private static func id(_ key: JSON) throws -> Int {
    let text = try key.string()
    guard let id = Int(text), id >= 0 else {
      throw FileError("\(key.place) should be a token's id, is `\(text)`")
    }
    return id
  }
}

extension SpecialTokens.Token {
  /// Reads a token's text, or an object with its text and properties.
  init(_ json: JSON) throws {
    if json.kind == .string {
      self.init(content: try json.bytes())
      return
    }
    _ = json["__type"]  // "AddedToken", as transformers writes it.
    let special = try json.bool("special", default: true)
    self.init(
      content: try json.value("content").bytes(),
      leftStrip: try json.bool("lstrip", default: false),
      rightStrip: try json.bool("rstrip", default: false),
      singleWord: try json.bool("single_word", default: false),
      normalized: try json.bool("normalized", default: !special), special: special, isObject: true)
  }

  var text: String { String(decoding: content, as: UTF8.self) }

  /// As `added_tokens` of tokenizer.json has it. The id is not looked at there.
  var json: JSONValue {
    [
      "id": 0, "content": .utf8(content), "single_word": .bool(singleWord),
      "lstrip": .bool(leftStrip), "rstrip": .bool(rightStrip), "normalized": .bool(normalized),
      "special": .bool(special),
    ]
  }
}
