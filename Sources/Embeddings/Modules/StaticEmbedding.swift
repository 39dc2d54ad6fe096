import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// Text → tokens → the mean of their vectors, out of a table.
struct StaticEmbedding: InputModule {
  let tokenizer: ModelTokenizer
  private let table: Tensor
  /// The table's row for each id, where several may share one; `nil` for the row of the same number.
  private let rows: [Int32]?
  /// What each id's vector weighs; `nil` for 1.
  private let weights: Tensor?
  let info: ModuleInfo

  static let hasWeights = true

  static func configuration(_ entry: ModuleEntry) throws -> JSON {
    try entry.isBare
      ? entry.folder.object("config.json", for: "says how model2vec reads texts")
      : entry.folder.objectIfPresent("config.json") ?? .empty(named: entry.folder.path)
  }

  init(
    _ source: ModuleSource, _ tokenizer: Deferred<ModelTokenizer>, _ options: EmbedderOptions
  ) throws {
    let file = try source.weights
    let tokenizer = try tokenizer.value
    self.tokenizer = tokenizer
    // model2vec calls the table `embeddings`, and may have two columns beside it.
    let isOwn = file.has("embedding.weight")
    let table = try file.table(ofAnySize: isOwn ? "embedding.weight" : "embeddings")
    rows = try isOwn ? nil : file.rowNumbers("mapping", below: table.rows)
    weights = try isOwn ? nil : file.vector(ofAnySize: "weights")
    self.table = table
    let ids = [rows?.count ?? table.rows, weights?.count ?? Int.max].min() ?? 0
    let needed = tokenizer.tokenizer.vocabularyCount
    guard needed <= ids else {
      throw FileError(
        "\(source.path): tokenizer.json has ids up to \(needed - 1), but there are vectors of "
          + "\(ids) only; they are not of the same model")
    }
    info = ModuleInfo(
      summary: "StaticEmbedding: \(ids) tokens, \(table.columns) wide"
        + (rows == nil ? "" : ", sharing \(table.rows) vectors")
        + (weights == nil ? "" : ", weighted"),
      output: .texts(table.columns), warnings: try Self.warnings(source, tokenizer))
  }

  /// Where model2vec would do otherwise.
  private static func warnings(
    _ source: ModuleSource, _ tokenizer: ModelTokenizer
  ) throws -> [String] {
    let config = source.configuration
    guard !(tokenizer.tokenizer is Model2VecTokenizer), config["model_type"]?.kind == .string,
      try config.string("model_type") == "model2vec"
    else { return [] }
    return [
      "\(config.name): model_type is model2vec, which itself leaves out unknown tokens; they count "
        + "here, as in sentence-transformers, because there is a modules.json"
    ]
  }

  static func tokenizer(_ entry: ModuleEntry, _ configuration: JSON) throws -> ModelTokenizer {
    let folder = entry.folder
    let json = try TokenizerFiles.equivalent(
      folder: folder.path, model: nil, files: folder.files)
    var tokenizer = try Tokenizer(json)
    if entry.isBare {
      return ModelTokenizer(
        plain: try Model2VecTokenizer(tokenizer, json),
        limit: try Model2VecTokenizer.limit(configuration))
    }
    // Nobody but this module lets tokenizer.json cut texts, as sentence-transformers does here.
    guard let cut = try json.present("truncation") else { return ModelTokenizer(plain: tokenizer) }
    let isLeft = try cut.string("direction", default: "Right") == "Left"
    tokenizer.truncationDirection = isLeft ? .left : .right
    return ModelTokenizer(
      plain: tokenizer,
      limit: try LengthLimit(
        tokens: cut.int("max_length"), origin: "\(cut.name): truncation.max_length"))
  }

  func callAsFunction(
    _ texts: [Encoding], _ requested: RequestedStates, training: TrainingPass?,
    cancelled: @escaping Cancellation
  ) -> Features {
    Features(
      sentenceEmbedding: Tensor.embeddingBag(
        of: table, texts.map(\.ids), rows: rows, weights: weights),
      texts: texts.count)
  }

  func operations(tokens: Int, _ requested: RequestedStates) -> Double { 0 }
}
