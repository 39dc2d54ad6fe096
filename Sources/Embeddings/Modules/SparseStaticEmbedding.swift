import Encoders
import ModelFiles
import Tensors
import Tokenizers
import Vectors

/// Text → its tokens' weights, each once, without a network: how rare they are, say.
struct SparseStaticEmbedding: InputModule {
  let tokenizer: ModelTokenizer
  /// By id.
  private let weights: Tensor
  let info: ModuleInfo

  static let hasWeights = true

  /// config.json, and where it names a file of weights by tokens, these as `idf`.
  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    let json =
      try entry.folder.objectIfPresent("config.json") ?? .empty(named: entry.folder.path)
    guard let path = try json.present("path")?.string(), path.hasSuffix(".json") else {
      return json
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard !path.hasPrefix("/"), !parts.contains("..") else {
      throw FileError("\(json.name): `path` is `\(path)`, which leads out of the module's folder")
    }
    guard let weights = try entry.folder.objectIfPresent(tokenizer: path) else {
      throw FileError("\(entry.folder.path(of: path)): no such file, which \(json.name) names")
    }
    weights.askForAll()
    return try json.replacing([("idf", JSONValue(weights))])
  }

  init(
    _ source: ModuleSource, _ tokenizer: Deferred<ModelTokenizer>, _ options: EmbedderOptions
  ) throws {
    let tokenizer = try tokenizer.value
    self.tokenizer = tokenizer
    let needed = tokenizer.tokenizer.vocabularyCount
    weights =
      try source.configuration.present("idf").map { try Self.weights($0, tokenizer) }
      ?? Self.weights(source)
    guard needed <= weights.count else {
      throw FileError(
        "\(source.path): the tokenizer has ids up to \(needed - 1), but there are weights of "
          + "\(weights.count) only; they are not of the same model")
    }
    info = ModuleInfo(
      summary: "SparseStaticEmbedding: \(weights.count) weights", output: .sparse(weights.count))
  }

  private static func weights(_ source: ModuleSource) throws -> Tensor {
    guard let weights = try source.weights.vector(ofAnySize: "weight") else {
      throw FileError("\(source.path): no tensor `weight`, a number for each token")
    }
    return weights
  }

  /// Weights by token, those of tokens that are not named being 0.
  private static func weights(_ json: JSON, _ tokenizer: ModelTokenizer) throws -> Tensor {
    let count = tokenizer.tokenizer.vocabularyCount
    try MemoryBound.check(count, MemoryLayout<Float>.stride, for: json.name)
    var weights = [Float](repeating: 0, count: count)
    for (key, value) in try json.object().members {
      let token = try key.string()
      // transformers takes an unknown word for the token that stands for such.
      guard let id = (tokenizer.tokenizer as? Tokenizer)?.idOrUnknown(of: token),
        weights.indices.contains(Int(id))
      else {
        throw FileError("\(json.name): the tokenizer has no token `\(token)`")
      }
      weights[Int(id)] = Float(try value.double())
    }
    return Tensor([count], weights)
  }

  static func tokenizer(_ entry: ModuleEntry, _ configuration: JSON) throws -> ModelTokenizer {
    let folder = entry.folder
    let config = try TokenizerFiles.config(folder.path, folder.files)
    var tokenizer = try TokenizerFiles.tokenizer(
      folder: folder.path, config: config, files: folder.files)
    tokenizer.truncationDirection = try ModelTokenizer.truncation(config, folder).direction
    let key = "model_max_length"
    let limit = try LengthSettings.length(config, key).map {
      try LengthLimit(tokens: $0, origin: "\(config.name): \(key)")
    }
    return ModelTokenizer(plain: tokenizer, limit: limit)
  }

  func callAsFunction(
    _ texts: [Encoding], _ requested: RequestedStates, training: TrainingPass?,
    cancelled: @escaping Cancellation
  ) -> Features {
    Features(sparse: SparseMatrix(weights, of: texts.map(\.ids)))
  }

  func operations(tokens: Int, _ requested: RequestedStates) -> Double { 0 }
}
