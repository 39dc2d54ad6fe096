import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// Text → tokens → the mean of their vectors, out of a table.
struct StaticEmbedding: FirstModule {
  let reader: TextReader
  private let table: Tensor
  /// The table's row for each id, where several may share one; `nil` for the row of the same number.
  private let rows: [Int32]?
  /// What each id's vector weighs; `nil` for 1.
  private let weights: [Float]?
  let facts: ModuleFacts

  init(_ entry: ModuleEntry) throws {
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
    facts = ModuleFacts(
      summary: "StaticEmbedding: \(ids) tokens, \(table.columns) wide"
        + (rows == nil ? "" : ", sharing \(table.rows) vectors")
        + (weights == nil ? "" : ", weighted"),
      output: .texts(table.columns), weights: files)
  }

  static func reader(_ entry: ModuleEntry) throws -> TextReader {
    let tokenizer = try TokenizerFiles.tokenizer(folder: entry.folder.path)
    guard entry.isBare else { return TextReader(plain: tokenizer) }
    return TextReader(
      plain: try Model2VecTokenizer(tokenizer, entry.folder), limit: Model2VecTokenizer.limit)
  }

  func callAsFunction(_ texts: [Encoding], withLayers: Bool) -> Features {
    Features(
      packing: Packing(lengths: []), ids: [],
      values: Tensor.meanOfRows(of: table, texts.map(\.ids), rows: rows, weights: weights))
  }

  func operations(tokens: Int) -> Double { 0 }
}
