import Encoders
import ModelFiles
import Tokenizers

/// The first module: text → tokens → one vector a token.
struct Transformer: Sendable {
  let reader: TextReader
  let tokenizer: Tokenizer
  let encoder: any Encoder
  /// `model_type` of config.json.
  let architecture: String
  let files: TensorFile

  init(_ folder: ModelFolder) throws {
    let config = try folder.object("config.json", for: "says what network the weights are for")
    files = try TensorFile(folder: folder.path)
    architecture = try config.string("model_type")
    encoder = try Architecture.make(ModelConfig(config), Weights(files))
    (reader, tokenizer) = try TextReader.transformer(folder, positions: encoder.longestSequence)
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

  var summary: String {
    "Transformer: \(architecture), \(encoder.depth) layers, \(encoder.hiddenSize) wide"
  }
}
