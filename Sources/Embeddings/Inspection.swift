import Encoders
import ModelFiles
import Tensors
import Tokenizers
import Vectors

/// What a model directory resolves to, and what is odd about it.
package struct Inspection: Sendable {
  package let folder: String
  /// Which releases of sentence-transformers write directories like it.
  package let layout: String
  package let architecture: String
  /// A line for each module: what it is, and the shapes that it takes and gives.
  package let modules: [String]
  package let dimension: Int
  package let parameters: Int
  /// How the weights are stored: "F32".
  package let storedAs: [String]
  package let tokenizer: [(stage: String, description: String)]
  package let vocabulary: Int
  package let limit: LengthLimit?
  /// What other files than the tokenizer's own changed about it.
  package let overrides: [String]
  package let prompts: Prompts
  package let similarity: String
  /// Bytes of weights, which are mapped and shared between processes.
  package let weightBytes: Int
  /// Bytes that one thread works in, about.
  package let workBytes: Int
  package let warnings: [String]

  package init(_ embedder: Embedder) throws {
    let transformer = embedder.transformer
    let encoder = transformer.encoder
    // Tables of integers beside the weights (`position_ids`) are not parameters.
    let tensors = transformer.files.names.compactMap { transformer.files[$0] }
      .filter { [.f64, .f32, .f16, .bf16].contains($0.type) }
    let tokens = Rows.tokens(encoder.hiddenSize)
    let entries = try ModuleEntry.list(embedder.folder)
    folder = embedder.folder.path
    layout = Self.layout(entries)
    architecture = transformer.architecture
    modules =
      ["\(transformer.summary); N tokens → \(tokens.shape)"]
      + zip(embedder.modules, [tokens] + embedder.modules.map(\.output)).map {
        "\($0.summary); \($1.shape) → \($0.output.shape)"
      }
    dimension = embedder.dimension
    parameters = tensors.reduce(0) { $0 + $1.count }
    storedAs = Set(tensors.map(\.type.rawValue)).sorted()
    tokenizer = transformer.tokenizer.summary
    vocabulary = transformer.tokenizer.vocabularyCount
    limit = transformer.reader.limit
    overrides = transformer.reader.overrides
    prompts = embedder.prompts
    similarity = embedder.similarity.rawValue
    weightBytes = tensors.reduce(0) { $0 + $1.range.count }
    // The widest product and the rows that live beside it, in float32.
    let widest = encoder.products.map(\.outputs).max() ?? 0
    workBytes = 4 * embedder.options.batchTokens * (widest + 5 * encoder.hiddenSize)
    warnings = try Self.warnings(embedder, entries)
  }

  private static func layout(_ entries: [ModuleEntry]) -> String {
    guard let first = entries.first, !first.type.isEmpty else {
      return "a plain Hugging Face model, without modules.json"
    }
    if first.type.contains(".modules.") { return "sentence-transformers 5.4 and later" }
    switch first.path {
    case "": return "sentence-transformers 2.0 to 5.3"
    case "0_Transformer": return "sentence-transformers 0.3 to 1.2"
    default: return "sentence-transformers before 0.3"
    }
  }

  private static func warnings(_ embedder: Embedder, _ entries: [ModuleEntry]) throws -> [String] {
    let limit = embedder.transformer.reader.limit
    var warnings = [limit?.warning].compactMap { $0 }
    let folder = try embedder.folder.module(entries[0].path, named: ModuleEntry.fileName)
    let used = limit.map { "\($0.tokens) is (\($0.origin))" } ?? "no limit is"
    if folder.has("tokenizer.json"),
      let truncation = try JSON(file: folder.path(of: "tokenizer.json")).present("truncation"),
      case let length = try truncation.int("max_length"), length != limit?.tokens
    {
      warnings.append("tokenizer.json truncates to \(length) tokens; not used, \(used)")
    }
    if let length = try folder.objectIfPresent("tokenizer_config.json")?
      .present("model_max_length"), case let value = try length.double(), value < 1e20,
      value != limit.map({ Double($0.tokens) })
    {
      warnings.append(
        "tokenizer_config.json's model_max_length is \(length.found); not used, \(used)")
    }
    if !embedder.folder.has(ModuleEntry.fileName) {
      warnings.append("no modules.json: the mean of the token vectors is taken")
    }
    return warnings
  }
}
