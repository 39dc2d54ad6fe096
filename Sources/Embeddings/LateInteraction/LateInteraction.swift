import Encoders
import ModelFiles
import Tokenizers

/// How a model reads queries and documents whose tokens meet each other only in the score (ColBERT),
/// whichever of three kinds of files says it.
struct LateInteraction: Sendable {
  /// Who wrote the files, which tells what modules they leave out.
  enum Layout: Sendable {
    /// sentence-transformers 6: all modules are listed.
    case modules
    /// PyLate: the mask and the norm are not.
    case pyLate
    /// Stanford's ColBERT: none is; the projection lies beside the network's weights.
    case stanford
  }

  let layout: Layout
  /// What goes before the prompt of each side.
  var prefixes: [TextSide: String] = [:]
  /// The most tokens of a text, special ones included, in the place of the tokenizer's own limit.
  var lengths: [TextSide: Int] = [:]
  var expansion: QueryExpansion?
  /// The words whose vectors do not count in documents, where the mask is implied.
  var skipped: [String] = []
  /// The file that says so, for messages.
  let file: String

  init(_ layout: Layout, file: String) { (self.layout, self.file) = (layout, file) }

  /// Python's `string.punctuation`.
  static let punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".map(String.init)

  /// The most tokens that are read of a text.
  /// - Parameter otherwise: what the tokenizer's own files say
  func limit(_ side: TextSide, otherwise: Int?) -> Int? {
    guard side == .query, let expansion else { return lengths[side] ?? otherwise }
    switch expansion.strategy {
    case .fixed: return expansion.length
    case .min: return lengths[side] ?? otherwise.map { max($0, expansion.length) }
    }
  }

  /// The tokens of a text as the network sees them.
  /// - Parameters:
  ///   - text: the prompt and the text, valid UTF-8
  ///   - limit: the most tokens, those that fill up a query included
  ///   - otherwise: what the tokenizer's own files say
  ///   - tokenizer: as `prepared` made it
  func encoding(
    of text: [UInt8], side: TextSide, limit: Int?, otherwise: Int? = nil, by tokenizer: Tokenizer
  ) throws -> Encoding {
    // A query may be filled up beyond what the tokenizer lets a text have, but is cut there first.
    let isCut = side == .query && expansion?.strategy == .min && lengths[side] == nil
    let most = isCut ? [limit, otherwise].compactMap { $0 }.min() : limit
    let own = try text.withUnsafeBytes { try tokenizer.encode($0, limit: most) }
    guard side == .query, let expansion else { return own }
    return try expansion.filled(own, limit: limit, by: tokenizer)
  }
}

/// What comes before texts.
extension LateInteraction {
  /// The prompts of a model, which its prefixes go before.
  func prompts(_ named: [(name: String, text: String)]) -> [(name: String, text: String)] {
    var prompts = named
    for side in TextSide.allCases {
      guard let prefix = prefixes[side] else { continue }
      let own = named.last { $0.name == side.rawValue }?.text ?? ""
      let text = own.hasPrefix(prefix) ? own : prefix + own
      prompts.removeAll { $0.name == side.rawValue }
      prompts.append((side.rawValue, text))
    }
    return prompts
  }

  /// The tokenizer that finds the marks of queries and documents in a text.
  /// - Throws: where it lacks the token that queries are filled up with.
  func prepared(_ tokenizer: Tokenizer) throws -> Tokenizer {
    _ = try expansion?.id(tokenizer)
    return try tokenizer.finding(TextSide.allCases.compactMap { try mark($0, tokenizer) })
  }

  /// The entry of the vocabulary that a prefix is, if the tokenizer would make something else of it:
  /// the whole prefix, a space at its end included, or its first word.
  private func mark(_ side: TextSide, _ tokenizer: Tokenizer) throws -> String? {
    guard let prefix = prefixes[side],
      let word = prefix.split(whereSeparator: \.isWhitespace).first.map(String.init)
    else { return nil }
    for mark in [prefix, word] {
      guard let id = tokenizer.id(of: mark) else { continue }
      let tokens = try Array(mark.utf8).withUnsafeBytes { try tokenizer.tokens(of: $0) }
      return tokens == [id] ? nil : mark
    }
    return nil
  }
}

/// The modules that files leave out.
extension LateInteraction {
  /// Modules behind those that the files list.
  /// - Parameter folder: the network's, where Stanford's projection lies
  func implied(_ folder: ModelFolder, config: JSON) throws -> [ImpliedModule] {
    guard layout != .modules else { return [] }
    let words = JSONValue.array(skipped.map { .string($0) })
    return try (layout == .stanford ? [projection(folder)] : []) + [
      ImpliedModule(
        kind: "MultiVectorMask", configuration: JSON(["skiplist_words": words], name: file)),
      ImpliedModule(
        kind: "Normalize",
        configuration: JSON(["module_input_name": "token_embeddings"], name: file)),
    ]
  }

  /// `linear.weight` beside the network's weights, whose shape says what it makes.
  private func projection(_ folder: ModelFolder) throws -> ImpliedModule {
    let (weights, name) = (try folder.weights().file, "linear.weight")
    guard let shape = weights[name]?.shape, shape.count == 2 else {
      throw FileError(
        "\(folder.path): no matrix `\(name)` among the weights, which makes vectors of ColBERT's "
          + "width; save the whole model")
    }
    return ImpliedModule(
      kind: "Dense",
      configuration: try JSON(
        [
          "in_features": .int(shape[1]), "out_features": .int(shape[0]), "bias": false,
          "activation_function": "torch.nn.modules.linear.Identity",
          "module_input_name": "token_embeddings",
        ], name: file))
  }
}
