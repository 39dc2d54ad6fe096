import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// Text → words → one vector a word, out of a table.
struct WordEmbeddings: InputModule {
  let tokenizer: ModelTokenizer
  private let table: Tensor
  let info: ModuleInfo

  static let hasWeights = true
  static let configFile = ConfigFile("wordembedding_config.json", "says how text becomes words")

  init(
    _ source: ModuleSource, _ tokenizer: Deferred<ModelTokenizer>, _ options: EmbedderOptions
  ) throws {
    let tokenizer = try tokenizer.value
    self.tokenizer = tokenizer
    table = try source.weights.table(ofAnySize: "emb_layer.weight")
    let words = tokenizer.tokenizer.vocabularyCount
    guard words <= table.rows else {
      throw FileError(
        "\(source.path): the vocabulary has \(words) words, but the table only \(table.rows) "
          + "rows; they are not of the same model")
    }
    info = ModuleInfo(
      summary: "WordEmbeddings: \(table.rows) words, \(table.columns) wide",
      output: .tokens(table.columns, vocabulary: table.rows))
  }

  static func tokenizer(_ entry: ModuleEntry, _ configuration: JSON) throws -> ModelTokenizer {
    let json = configuration
    let most = try json.int("max_seq_length", default: 1_000_000)
    return ModelTokenizer(
      plain: try words(json, entry.folder),
      limit: try LengthLimit(tokens: most, origin: "\(json.name): max_seq_length"))
  }

  private static func words(_ json: JSON, _ folder: ModelFolder) throws -> any TextTokenizer {
    let type = try json.string("tokenizer_class")
    guard type.hasPrefix("sentence_transformers.") else {
      throw FileError(
        "\(json.name): tokenizer_class `\(type)` is Python code of the model's own, which is not run"
      )
    }
    guard type.hasSuffix(".TransformersTokenizerWrapper") else {
      return try TokenizerFiles.wordTokenizer(folder: folder.path, files: folder.files)
    }
    return WholeTokenizer(
      tokenizer: try TokenizerFiles.tokenizer(folder: folder.path, files: folder.files))
  }

  func callAsFunction(
    _ texts: [Encoding], _ requested: RequestedStates, training: TrainingPass?,
    cancelled: @escaping Cancellation
  ) -> Features {
    let lengths = texts.map(\.ids.count)
    let layout =
      training == nil ? SequenceLayout(lengths: lengths) : SequenceLayout(unpadded: lengths)
    let ids = layout.perRow { texts[$0].ids[$1] }
    return Features(
      layout: layout, ids: ids, tokenEmbeddings: Tensor.gather([(table: table, rows: ids)]))
  }

  func operations(tokens: Int, _ requested: RequestedStates) -> Double { 0 }
}

/// A network's tokenizer before a table of vectors: a text keeps its special tokens, and what is
/// too long is cut behind them, as sentence-transformers does it.
private struct WholeTokenizer: TextTokenizer {
  let tokenizer: Tokenizer

  func encode(
    _ text: UnsafeRawBufferPointer, limit: Int?, withSpecials: Bool
  ) throws -> Encoding {
    try tokenizer.encode(text, limit: nil).prefix(limit ?? Int.max)
  }

  var tokensByID: [Int32: [UInt8]] { tokenizer.tokensByID }
  var vocabularyCount: Int { tokenizer.vocabularyCount }
  var summary: [(stage: String, description: String)] { tokenizer.summary }
}

extension Encoding {
  /// The first `count` tokens, special or not.
  func prefix(_ count: Int) -> Encoding {
    guard ids.count > count else { return self }
    var encoding = self
    encoding.ids.removeSubrange(count...)
    encoding.segments.removeSubrange(count...)
    encoding.truncated = true
    return encoding
  }
}
