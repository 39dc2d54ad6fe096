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
  /// The length of every vector this model makes.
  public let dimension: Int
  let list: ModuleList
  /// Each way through the routers, by the routes it takes; one way where there is no Router.
  let pipelines: [[String]: Pipeline]

  /// Reads a model directory in the layout of sentence-transformers.
  /// - Throws: an error that says which file of it is wrong and how.
  public init(folder path: String, options: EmbedderOptions = .init()) throws {
    let folder = try ModelFolder(path)
    self.folder = folder
    self.options = options
    let settings = try folder.objectIfPresent("config_sentence_transformers.json")
    try Self.checkType(settings)
    list = try ModuleList(folder)
    prompts = try Prompts(settings, routes: list.routes)
    similarity = try Self.similarity(settings)
    pipelines = try Self.pipelines(list, options)
    let widths = Set(pipelines.values.map(\.width))
    guard let width = widths.first, widths.count == 1 else {
      let found = widths.sorted().map(String.init).joined(separator: ", ")
      throw FileError(
        "\(list.file): routes give vectors of \(found) numbers, which cannot be compared")
    }
    dimension = try Self.kept(settings, of: width)
  }

  /// The pipelines of all tasks that have one.
  private static func pipelines(
    _ list: ModuleList, _ options: EmbedderOptions
  ) throws -> [[String]: Pipeline] {
    var loader = PipelineLoader(options)
    var pipelines: [[String]: Pipeline] = [:]
    for choice in list.tasks.compactMap(list.choice) where pipelines[choice] == nil {
      pipelines[choice] = try loader.pipeline(list.entries(choice), in: list)
    }
    if pipelines.isEmpty { _ = try list.route(nil) }
    return pipelines
  }

  private static func checkType(_ settings: JSON?) throws {
    guard let settings, let type = try settings.present("model_type")?.string(),
      type != "SentenceTransformer"
    else { return }
    let kinds = [
      "CrossEncoder": "scores pairs of texts and gives no vector",
      "SparseEncoder": "gives sparse vectors", "MultiVectorEncoder": "gives a text many vectors",
    ]
    throw FileError(
      "\(settings.name): model_type is `\(type)`, which "
        + "\(kinds[type] ?? "is not known"); only a SentenceTransformer is read")
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

  /// How many of the first numbers of a vector stay: `truncate_dim`, else all.
  private static func kept(_ settings: JSON?, of width: Int) throws -> Int {
    guard let settings, try settings.present("truncate_dim") != nil else { return width }
    let kept = try settings.int("truncate_dim")
    guard kept >= 1 else {
      throw FileError("\(settings.name): `truncate_dim` is \(kept), should be at least 1")
    }
    return min(kept, width)
  }

  /// One vector for each text, in order. A text has the same vector, to the bit, in any company.
  /// - Parameter prompt: goes before each text; the model's own default unless said
  /// - Throws: when a vector is not finite, or a model file changed meanwhile.
  public func embed(_ texts: [String], prompt: String? = nil) throws -> Matrix {
    try embed(texts, PreparedPrompt(prompt ?? prompts.standard ?? "", self))
  }

  /// One vector for each text, in order, behind the model's prompt of that name and by its route.
  public func embed(_ texts: [String], promptName: String) throws -> Matrix {
    try embed(texts, PreparedPrompt(named: promptName, self))
  }

  private func embed(_ texts: [String], _ prompt: PreparedPrompt) throws -> Matrix {
    let tokens = try Parallel.map(texts.count, threads: options.threads) {
      try encoding(of: Array(texts[$0].utf8), prompt)
    }
    let vectors = try vectors(of: tokens, prompt)
    for row in 0..<vectors.rows where !vectors.isFinite(row: row) { throw notFinite("text \(row)") }
    return vectors
  }
}
