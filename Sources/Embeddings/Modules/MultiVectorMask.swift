import ModelFiles
import Tensors
import Tokenizers

/// Which tokens' vectors count in late interaction: of documents not those of some words.
struct MultiVectorMask: FeatureModule {
  /// The ids that do not count, and the only ones of documents that do; `nil` for all.
  private let skipped: Set<Int32>
  private let kept: Set<Int32>?
  /// The sides that `skipped` is of.
  private let sides: Set<String>
  let info: ModuleInfo

  static let configFile = ConfigFile("config.json", "says which tokens count")

  init(_ source: ModuleSource, taking input: FeatureShape) throws {
    let width = try input.tokens(for: "MultiVectorMask")
    let json = source.configuration
    guard let vocabulary = input.vocabulary else {
      throw FileError(
        "\(json.name): MultiVectorMask stands where rows are no longer those of a text's tokens; it "
          + "stands right behind the network and its projection")
    }
    let words = try json.present("skiplist_words")?.array().elements.map { try $0.string() } ?? []
    let ids = try Self.ids(words, source)
    skipped = ids.found
    let listed = try json.present("keep_only_token_ids")?.array().elements.map { try $0.int() }
    // An empty list keeps all, as in the reference.
    kept = listed.flatMap { $0.isEmpty ? nil : Set($0.compactMap { Int32(exactly: $0) }) }
    sides = try json.names("skiplist_tasks")
    info = ModuleInfo(
      summary: "MultiVectorMask: \(skipped.count) words of "
        + sides.sorted().joined(separator: ", ") + " do not count",
      output: .tokens(width, vocabulary: vocabulary),
      warnings: ids.missing.isEmpty
        ? []
        : [
          "\(json.name): `skiplist_words` has words that are no token of the vocabulary, and not used: "
            + ids.missing.prefix(40).joined(separator: " ")
        ])
  }

  /// The ids of words, and the words that the tokenizer has no token for.
  private static func ids(
    _ words: [String], _ source: ModuleSource
  ) throws -> (found: Set<Int32>, missing: [String]) {
    guard !words.isEmpty else { return ([], []) }
    let name = source.configuration.name
    guard let tokenizer = try source.tokenizer?.network else {
      throw FileError("\(name): `skiplist_words` are of a network's tokenizer; there is none here")
    }
    let unknown = tokenizer.token(ofRole: "unk_token")
    let unknownID = tokenizer.id(ofRole: "unk_token")
    var found: Set<Int32> = []
    var missing: [String] = []
    for word in words {
      guard let id = tokenizer.idOrUnknown(of: word) else {
        throw FileError(
          "\(name): `skiplist_words` has `\(word)`, which is no token of the vocabulary, and the "
            + "tokenizer has no unknown token to tell; take the word out")
      }
      if id == unknownID, word != unknown { missing.append(word) } else { found.insert(id) }
    }
    return (found, missing)
  }

  func callAsFunction(_ features: Features) -> Features {
    let side = features.side ?? .document
    let skipped = sides.contains(side.rawValue) ? skipped : []
    let kept = side == .query ? nil : kept
    guard !skipped.isEmpty || kept != nil else { return features }
    return features.keeping { row in
      let id = features.ids[row]
      return !skipped.contains(id) && kept?.contains(id) ?? true
    }
  }
}

extension JSON {
  /// One name or several, by default `document`: the tasks that a module of late interaction is for.
  func names(_ key: String) throws -> Set<String> {
    guard let value = try present(key) else { return [TextSide.document.rawValue] }
    return value.kind == .string
      ? [try value.string()] : Set(try value.array().elements.map { try $0.string() })
  }
}
