import ModelFiles
package import Tokenizers

/// The route of a text through a model: the prompt before it, and the modules that it passes.
package struct Route: Sendable {
  /// The prompt, which goes before each text.
  package let prompt: [UInt8]
  /// What the texts are, where the model reads queries and documents differently.
  package let side: TextSide?
  /// The most tokens that are read of a text; `nil` for all.
  package private(set) var limit: Int?
  /// How many tokens the prompt takes, where a pooling leaves those out.
  let promptLength: Int
  /// The prompt's own tokens, without special ones.
  let promptIDs: [Int32]
  private(set) var pipeline: Pipeline
  /// The pipeline's, but perhaps for the end at which it cuts.
  private(set) var tokenizer: ModelTokenizer
  /// How long a text may be that has no limit, or a large one.
  let bound: TextBound

  init(_ prompt: String, _ pipeline: Pipeline, side: TextSide? = nil) throws {
    try Prompts.check(prompt, "the prompt")
    self.pipeline = pipeline
    tokenizer = pipeline.tokenizer
    self.side = side
    bound = pipeline.bound
    self.prompt = Array(prompt.utf8)
    limit = try pipeline.mostTokens(side)
    promptLength = try pipeline.tokenizer.promptLength(self.prompt, limit: limit)
    promptIDs = prompt.isEmpty ? [] : try pipeline.tokenizer.tokens(of: self.prompt)
  }

  /// How many special tokens each text gets.
  package var specials: Int { pipeline.tokenizer.specials }
  /// What comes of a text.
  package var kind: OutputKind { pipeline.kind }

  /// Whether the model itself brings every vector to length 1.
  package var endsInNormalize: Bool { pipeline.endsInNormalize }

  /// The same route without a Normalize at its end.
  package var beforeNormalize: Route {
    var route = self
    route.pipeline = pipeline.beforeNormalize
    return route
  }

  /// The same route up to the vectors of tokens, of which others make one for each text; `nil` where
  /// there are none.
  package var ofTokens: Route? {
    guard let tokens = pipeline.ofTokens else { return nil }
    var route = self
    route.pipeline = tokens
    return route
  }

  /// The end at which long texts are cut.
  package var truncationDirection: TruncationDirection { tokenizer.truncationDirection }

  /// The same route, which cuts long texts at that end; `nil` where it can only cut the other.
  package func cutting(_ direction: TruncationDirection) -> Route? {
    guard let cutting = tokenizer.cutting(direction) else { return nil }
    var route = self
    route.tokenizer = cutting
    return route
  }

  /// The same route, which reads fewer tokens of each text.
  /// - Throws: where the special tokens and the prompt leave no room for text
  package func limited(to most: Int) throws -> Route {
    guard most > specials + promptIDs.count else {
      throw FileError(
        "a maximum length of \(most) leaves no room for text beside \(specials) special tokens and "
          + "\(promptIDs.count) of the prompt")
    }
    var route = self
    route.limit = min(most, limit ?? most)
    return route
  }

  /// The tokens of a text behind the prompt, cut to the limit.
  /// - Parameter text: valid UTF-8
  /// - Throws: where the text is longer than is computed, or needs more memory than there may be.
  package func encoding(of text: [UInt8]) throws -> Encoding {
    let encoding = try tokenizer.encoding(of: text, prompt: prompt, limit: limit, side: side)
    try bound.check(encoding.ids.count)
    return encoding
  }

  /// Tokens that a program made with this model's own tokenizer, as those of a text behind the
  /// prompt, cut to the limit.
  /// - Returns: `nil` where they cannot be told from another tokenizer's: the model's own begin and
  ///   end with its special tokens.
  package func encoding(ofFramed ids: [Int32]) throws -> Encoding? {
    guard let inner = tokenizer.unframed(ids) else { return nil }
    let encoding =
      if promptIDs.isEmpty {
        try tokenizer.encoding(of: inner, limit: limit)
      } else if let text = try tokenizer.text(of: inner) {
        // Where a prompt and a text meet, tokens may differ from those of each by itself.
        try tokenizer.encoding(of: text, prompt: prompt, limit: limit, side: side)
      } else {
        try tokenizer.encoding(of: promptIDs + inner, limit: limit)
      }
    try bound.check(encoding.ids.count)
    return encoding
  }
}

/// The prompts of a model, by name, and the one that is used by default.
package struct Prompts: Sendable {
  /// In the file's order.
  package let named: [(name: String, text: String)]
  package let defaultName: String?
  /// Names of routes, which may be named where a prompt may.
  private let routes: [String]

  /// The prompts of a model directory.
  /// - Parameter options: the kind that is asked for counts
  package init(_ folder: ModelFolder, _ options: EmbedderOptions = .init()) throws {
    try self.init(ModuleList(folder, options), folder)
  }

  init(_ list: ModuleList, _ folder: ModelFolder) throws {
    try self.init(
      list.isBare ? nil : folder.objectIfPresent(TextModel.settingsName), routes: list.routes,
      lateInteraction: list.lateInteraction)
  }

  /// - Parameters:
  ///   - json: config_sentence_transformers.json, if there is one
  ///   - lateInteraction: what puts marks before queries and documents
  init(_ json: JSON?, routes: [String] = [], lateInteraction: LateInteraction? = nil) throws {
    self.routes = routes
    let prompts = try json?.present("prompts")?.object()
    let written =
      try prompts?.members.map {
        (name: try $0.key.string(), text: $0.value.isNull ? "" : try $0.value.string())
      } ?? []
    named = lateInteraction?.prompts(written) ?? written
    if let json {
      for (name, text) in named { try Self.check(text, "\(json.name): the prompt `\(name)`") }
    }
    let name = try json?.present("default_prompt_name")?.string()
    defaultName = name
    if let json, let name, self[name] == nil, Self.roles[name] == nil {
      throw FileError(
        "\(json.name): default_prompt_name `\(name)` is not among the prompts: \(names)")
    }
  }

  // It goes before every text, and is tokenized with each.
  private static let mostBytes = 1 << 16

  /// Refuses a prompt that is more than a text's instruction.
  static func check(_ text: String, _ place: String) throws {
    guard text.utf8.count > mostBytes else { return }
    throw FileError(
      "\(place) has \(text.utf8.count) bytes, should have at most \(mostBytes); shorten it")
  }

  private subscript(_ name: String) -> String? { named.last { $0.name == name }?.text }

  private var names: String { named.map(\.name).joined(separator: ", ") }

  /// What goes before a text when nothing was asked for; `nil` for nothing.
  package var standard: String? { defaultName.flatMap { self[$0] } }

  // What sentence-transformers' encode_query and encode_document look for.
  private static let roles = [
    "query": ["query"], "document": ["document", "passage", "corpus"],
  ]

  /// The prompt of that name; `query` and `document` are known to every model, and a route's name to
  /// one with a Router.
  package func text(named name: String) throws -> String {
    if let text = self[name] { return text }
    if let role = Self.roles[name] { return role.lazy.compactMap { self[$0] }.first ?? "" }
    guard routes.contains(name) else {
      let roles = Self.roles.keys.sorted() + routes.filter { Self.roles[$0] == nil }
      let known = named.map(\.name) + roles.filter { self[$0] == nil }
      throw FileError(
        "the model has no prompt `\(name)`; known are \(known.joined(separator: ", "))")
    }
    return ""
  }
}
