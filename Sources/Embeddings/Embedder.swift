import Encoders
import ModelFiles
import Tensors
import Tokenizers
public import Vectors

/// A sentence-embedding model, ready to use from any thread.
public struct Embedder: Sendable {
  package let folder: ModelFolder
  package let options: EmbedderOptions
  package let prompts: Prompts
  /// The similarity that the model's authors compare its vectors by.
  public let similarity: Similarity
  let transformer: Transformer
  let modules: [any Module]
  /// The most tokens that are read of a text; `nil` for all.
  package let limit: Int?

  /// Reads a model directory in the layout of sentence-transformers.
  /// - Throws: an error that says which file of it is wrong and how.
  public init(folder path: String, options: EmbedderOptions = .init()) throws {
    let folder = try ModelFolder(path)
    self.folder = folder
    self.options = options
    let settings = try folder.objectIfPresent("config_sentence_transformers.json")
    prompts = try Prompts(settings)
    similarity = try Self.similarity(settings)
    let entries = try ModuleEntry.runnable(folder)
    let listing = folder.path(of: ModuleEntry.fileName)
    let transformer = try Transformer(folder.module(entries[0].path, named: listing))
    var rows = Rows.tokens(transformer.encoder.hiddenSize)
    var modules: [any Module] = try entries.dropFirst().map { entry in
      guard let kind = Modules.known[entry.kind] else {
        throw FileError("\(listing): module type `\(entry.kind)` is not supported")
      }
      let module = try kind.init(folder.module(entry.path, named: listing), taking: rows)
      rows = module.output
      return module
    }
    if !folder.has(ModuleEntry.fileName) {
      // What sentence-transformers makes of a directory without modules.json.
      let pooling = Pooling(meanOf: rows.width)
      modules = [pooling]
      rows = pooling.output
    }
    guard case .texts = rows else {
      throw FileError("\(listing): no Pooling; a text has no vector without one")
    }
    self.modules = modules
    self.transformer = transformer
    limit = try transformer.reader.limit(asked: options.maximumLength)
  }

  private static func similarity(_ settings: JSON?) throws -> Similarity {
    guard let json = settings, let name = try json.present("similarity_fn_name") else {
      return .cosine
    }
    guard let similarity = Similarity(rawValue: try name.string()) else {
      let known = Similarity.allCases.map(\.rawValue).joined(separator: ", ")
      throw FileError(
        "\(json.name): similarity_fn_name `\(try name.string())` is not known; known are \(known)")
    }
    return similarity
  }

  /// The length of every vector this model makes.
  public var dimension: Int { modules.last?.output.width ?? transformer.encoder.hiddenSize }

  /// One vector for each text, in order. A text has the same vector, to the bit, in any company.
  /// - Parameter prompt: goes before each text; the model's own default unless said
  /// - Throws: when a vector is not finite, or a model file changed meanwhile.
  public func embed(_ texts: [String], prompt: String? = nil) throws -> Matrix {
    let prompt = try PreparedPrompt(prompt ?? prompts.standard ?? "", self)
    let tokens = try Parallel.map(texts.count, threads: options.threads) {
      try encoding(of: Array(texts[$0].utf8), prompt)
    }
    let vectors = try vectors(of: tokens, prompt)
    for row in 0..<vectors.rows where !vectors.isFinite(row: row) { throw notFinite("text \(row)") }
    return vectors
  }
}
