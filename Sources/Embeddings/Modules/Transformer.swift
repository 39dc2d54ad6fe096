import Encoders
import ModelFiles
import Tokenizers

/// The first module: text → tokens → one vector a token.
struct Transformer: Sendable {
  let tokenizer: Tokenizer
  let encoder: any Encoder
  let limit: LengthLimit
  /// `model_type` of config.json.
  let architecture: String
  let files: TensorFile
  let lowercasesFirst: Bool

  init(_ folder: ModelFolder) throws {
    let config = try folder.object("config.json", for: "says what network the weights are for")
    let settings = try Self.settings(folder)
    lowercasesFirst = try settings?.bool("do_lower_case", default: false) ?? false
    guard folder.has("tokenizer.json") else {
      throw FileError(
        "\(folder.path): no tokenizer.json, which says how text becomes tokens; with transformers, "
          + "AutoTokenizer.from_pretrained(…).save_pretrained(…) writes one")
    }
    tokenizer = try Tokenizer(
      JSON(file: folder.path(of: "tokenizer.json")), lowercasingFirst: lowercasesFirst)
    files = try TensorFile(folder: folder.path)
    architecture = try config.string("model_type")
    encoder = try Architecture.make(ModelConfig(config), Weights(files))
    limit = try LengthLimit(
      settings: settings, tokenizer: folder.objectIfPresent("tokenizer_config.json"),
      positions: encoder.longestSequence, specials: tokenizer.specialCount)
    guard tokenizer.vocabularyCount <= encoder.vocabularySize else {
      throw FileError(
        "\(folder.path): tokenizer.json has ids up to \(tokenizer.vocabularyCount - 1), but the "
          + "embedding table has \(encoder.vocabularySize) rows; they are not of the same model")
    }
    guard tokenizer.segmentCount <= encoder.segmentCount else {
      throw FileError(
        "\(folder.path): tokenizer.json has segments (type_id) up to \(tokenizer.segmentCount - 1), "
          + "but their table has \(encoder.segmentCount) rows; they are not of the same model")
    }
  }

  // One of these holds the module's settings, in the order in which sentence-transformers looks.
  private static let settingsFiles = [
    "bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet",
  ].map { "sentence_\($0)_config.json" }

  private static func settings(_ folder: ModelFolder) throws -> JSON? {
    try settingsFiles.first(where: folder.has).map { try JSON(file: folder.path(of: $0)).object() }
  }

  var summary: String {
    "Transformer: \(architecture), \(encoder.depth) layers, \(encoder.hiddenSize) wide"
  }
}
