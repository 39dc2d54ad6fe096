import Encoders
import ModelFiles
import Tensors
import Tokenizers

/// A text as the weights of the words in it: one number for each word of a vocabulary.
struct BoW: InputModule {
  let tokenizer: ModelTokenizer
  private let weights: [Float]
  /// The column of each id.
  private let columns: [Int32]
  /// Whether a word weighs as often as it is there.
  private let isCumulative: Bool
  let info: ModuleInfo

  static let configFile = ConfigFile("config.json", "lists the words")

  static func tokenizer(_ entry: ModuleEntry, _ configuration: JSON) throws -> ModelTokenizer {
    try ModelTokenizer(plain: WhitespaceTokenizer(words: configuration.array("vocab")))
  }

  init(
    _ source: ModuleSource, _ tokenizer: Deferred<ModelTokenizer>, _ options: EmbedderOptions
  ) throws {
    let json = source.configuration
    self.tokenizer = try tokenizer.value
    let words = try WeightedWords(json)
    guard words.count > 0 else { throw FileError("\(json.name): `vocab` is empty") }
    (weights, columns) = (words.weights, words.columns)
    isCumulative = try json.bool("cumulative_term_frequency", default: true)
    info = ModuleInfo(
      summary: "BoW: \(words.count) words" + (isCumulative ? "" : ", each counted once"),
      output: .texts(words.count))
  }

  func callAsFunction(
    _ texts: [Encoding], _ requested: RequestedStates, training: TrainingPass?,
    cancelled: @escaping Cancellation
  ) -> Features {
    let width = info.output.width
    let layout = SequenceLayout(vectors: texts.count)
    let values = Tensor([layout.rows, width]) { out in
      out.update(repeating: 0)
      for (row, text) in texts.enumerated() {
        for id in text.ids.map(Int.init) {
          let index = layout[row].lowerBound * width + Int(columns[id])
          out[index] = (isCumulative ? out[index] : 0) + weights[id]
        }
      }
    }
    return Features(sentenceEmbedding: values, texts: texts.count)
  }

  func operations(tokens: Int, _ requested: RequestedStates) -> Double { 0 }
}
