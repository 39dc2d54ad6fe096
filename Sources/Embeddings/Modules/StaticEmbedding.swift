import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// Text → tokens → the mean of their vectors, out of a table.
struct StaticEmbedding: InputModule {
  let reader: ModelTokenizer
  private let table: Tensor
  /// The table's row for each id, where several may share one; `nil` for the row of the same number.
  private let rows: [Int32]?
  /// What each id's vector weighs; `nil` for 1.
  private let weights: [Float]?
  let info: ModuleInfo

  init(_ entry: ModuleEntry, _ options: EmbedderOptions) throws {
    let files = try TensorFile(folder: entry.folder.path)
    reader = try Self.reader(entry)
    // model2vec calls the table `embeddings`, and may have two columns beside it.
    let isOwn = files["embedding.weight"] != nil
    let table = try Weights(files).table(
      ofAnySize: isOwn ? "embedding.weight" : "embeddings", files)
    let mapping = isOwn ? nil : files["mapping"]
    let scales = isOwn ? nil : files["weights"]
    rows = try mapping.map { try $0.rowNumbers(below: table.rows) }
    weights = try scales.map { try Weights(files).vector("weights", $0.count).elements }
    self.table = table
    let ids = [rows?.count ?? table.rows, weights?.count ?? Int.max].min() ?? 0
    let needed = reader.tokenizer.vocabularyCount
    guard needed <= ids else {
      throw FileError(
        "\(entry.folder.path): tokenizer.json has ids up to \(needed - 1), but there are vectors of "
          + "\(ids) only; they are not of the same model")
    }
    info = ModuleInfo(
      summary: "StaticEmbedding: \(ids) tokens, \(table.columns) wide"
        + (rows == nil ? "" : ", sharing \(table.rows) vectors")
        + (weights == nil ? "" : ", weighted"),
      output: .texts(table.columns), weights: files, warnings: try Self.warnings(entry))
  }

  /// Where model2vec would do otherwise.
  private static func warnings(_ entry: ModuleEntry) throws -> [String] {
    guard !entry.isBare, let config = try entry.folder.objectIfPresent("config.json"),
      config["model_type"]?.kind == .string, try config.string("model_type") == "model2vec"
    else { return [] }
    return [
      "\(config.name): model_type is model2vec, which itself leaves out unknown tokens; they count "
        + "here, as in sentence-transformers, because there is a modules.json"
    ]
  }

  static func reader(_ entry: ModuleEntry) throws -> ModelTokenizer {
    let folder = entry.folder
    let json = try TokenizerFiles.equivalent(folder: folder.path, modelType: nil)
    var tokenizer = try Tokenizer(json)
    if entry.isBare {
      let config = try folder.object("config.json", for: "says how model2vec reads texts")
      return ModelTokenizer(
        plain: try Model2VecTokenizer(tokenizer, json), limit: try Model2VecTokenizer.limit(config))
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

  func callAsFunction(_ texts: [Encoding], _ requested: RequestedStates) -> Features {
    Features(
      layout: SequenceLayout(vectors: texts.count), ids: [],
      values: Tensor.embeddingBag(of: table, texts.map(\.ids), rows: rows, weights: weights))
  }

  func operations(tokens: Int, _ requested: RequestedStates) -> Double { 0 }
}
