import Encoders
import ModelFiles

/// How many tokens of a text a model reads, special ones included, and the file that sets it.
package struct LengthLimit: Sendable {
  package let tokens: Int
  /// The file and key that set it.
  package let origin: String
  /// What disagrees with it, for people.
  package let warning: String?

  /// - Parameters:
  ///   - found: what the files say; `nil` where they say nothing
  ///   - table: for how many tokens the network has a table of positions; `nil` where it has none
  /// - Returns: `nil` where nothing limits a text
  fileprivate init?(
    _ found: (tokens: Int, origin: String)?, table: Int?, specials: Int
  ) throws {
    let cap = table.map { (tokens: $0, origin: LengthSettings.positionsOrigin) }
    guard let limit = [found, cap].compactMap({ $0 }).min(by: { $0.tokens < $1.tokens }) else {
      return nil
    }
    guard limit.tokens > specials else {
      throw FileError(
        "\(limit.origin) is \(limit.tokens), which leaves no room for text beside "
          + "\(specials) special tokens")
    }
    (tokens, origin) = limit
    warning =
      found.flatMap { found in
        found.tokens > limit.tokens
          ? "\(found.origin) is \(found.tokens), but there are only \(limit.tokens) positions" : nil
      }
  }

  /// A limit that one file sets, and nothing else has a say in: of texts without special tokens.
  init(tokens: Int, origin: String) throws {
    guard tokens >= 1 else {
      throw FileError("\(origin) is \(tokens), which leaves no room for text")
    }
    (self.tokens, self.origin, warning) = (tokens, origin, nil)
  }
}

/// What a Transformer's files say of the length of texts, as sentence-transformers resolves it.
struct LengthSettings: Sendable {
  private let found: (tokens: Int, origin: String)?
  /// Other lengths that the files name, which do not count.
  let others: [(tokens: Int, origin: String)]
  /// For how many tokens config.json promises a table of positions.
  let table: Int?
  private let specials: Int

  static let positionsOrigin = "config.json: max_position_embeddings"

  /// `model_max_length` among the arguments for the tokenizer, else `max_seq_length`, as they are;
  /// else the tokenizer's own `model_max_length` (before 2020 `max_len`), at most
  /// `max_position_embeddings`, even where the network has no table of positions.
  init(
    _ settings: TransformerSettings, tokenizer: JSON, config: JSON, specials: Int
  ) throws {
    self.specials = specials
    table = try Architectures.positions(ModelConfig(config))
    let argument = try settings.tokenizerArguments.flatMap { json in
      try Self.length(json, "model_max_length").map { ($0, "\(json.name): \(json.path)") }
    }.map { (tokens: $0.0, origin: $0.1 + ".model_max_length") }
    let declared = try settings.json.flatMap { json in
      try json.present("max_seq_length").map {
        let extra = settings.countsTextOnly ? specials : 0
        return (
          tokens: try $0.int().addingReportingOverflow(extra).partialValue,
          origin: "\(json.name): max_seq_length"
        )
      }
    }
    // A null `model_max_length` hides `max_len`, as in transformers.
    let key = tokenizer["model_max_length"] == nil ? "max_len" : "model_max_length"
    let own = Result {
      try Self.length(tokenizer, key).map { (tokens: $0, origin: "\(tokenizer.name): \(key)") }
    }
    let positions = try Self.positions(config).map {
      (tokens: $0, origin: Self.positionsOrigin)
    }
    found =
      try argument ?? declared
      ?? [own.get(), positions].compactMap { $0 }.min { $0.tokens < $1.tokens }
    let counting = found?.tokens
    others = [argument, declared, try? own.get()].compactMap { $0 }.filter {
      $0.tokens != counting
    }
  }

  /// The limit, which is never above the rows of a table of positions; `nil` where nothing limits a
  /// text.
  /// - Parameter positions: of the network; what config.json promises where `nil`
  func limit(positions: Int? = nil) throws -> LengthLimit? {
    try LengthLimit(found, table: positions ?? table, specials: specials)
  }

  // transformers writes 10³⁰ for "no limit", and takes what is over 10²⁰ for that.
  private static let endless = 1e20

  /// A number of tokens; `nil` where a file gives none, or one that means no limit.
  static func length(_ json: JSON, _ key: String) throws -> Int? {
    guard let value = try json.present(key) else { return nil }
    let length = try value.double()
    guard length < endless else { return nil }
    return try value.int()
  }

  /// `max_position_embeddings`, or its default in transformers 5.23; XLNet has none and says −1.
  private static func positions(_ config: JSON) throws -> Int? {
    let type = try config.string("model_type", default: "")
    guard let positions = try config.present("max_position_embeddings")?.int() ?? defaults[type]
    else { return nil }
    return positions == -1 ? nil : positions
  }

  private static let defaults = [
    "albert": 512, "bert": 512, "camembert": 512, "clip_text_model": 77, "deberta": 512,
    "deberta-v2": 512,
    "distilbert": 512, "electra": 512, "embedding_gemma2_text": 262_144, "ernie": 512,
    "eurobert": 8192, "flaubert": 512,
    "gemma": 8192, "gemma2": 8192, "gemma3_text": 131_072, "gte": 8192,
    "jina_embeddings_v3": 8194, "lfm2": 128_000, "llama": 2048, "longformer": 512, "luke": 512,
    "mistral": 131_072,
    "modernbert": 8192, "mpnet": 512, "qwen2": 32_768, "qwen3": 32_768, "roberta": 512,
    "roformer": 1536, "xlm": 512, "xlm-roberta": 512,
  ]
}
