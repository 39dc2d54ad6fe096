package import ModelFiles
package import Tensors
package import Tokenizers
package import Vectors

/// A model directory, ready to make something of texts, whatever kind that is.
package struct TextModel: Sendable {
  package let folder: ModelFolder
  package let options: EmbedderOptions
  package let prompts: Prompts
  /// How the model's authors compare what it makes of texts.
  let comparison: Comparison
  /// How many of the first numbers of a vector stay (`truncate_dim`); `nil` for all.
  let truncatedDimension: Int?
  /// How many numbers of a sparse vector stay (`max_active_dims`), as the file says.
  private let mostActiveOfFile: Int?
  let list: ModuleList
  /// What its modules were read as.
  let source: ModelSource
  /// The pipeline of each combination of routes through the routers; one where there is no Router.
  private(set) var pipelines: [[String]: Pipeline]
  /// Looks for holes in the files of its weights, once.
  let holes = WeightHoles()

  /// Reads a model directory in the layout of sentence-transformers.
  /// - Parameter needed: the kind that the reader takes no other than
  /// - Throws: an error that names the file that is wrong, and how.
  package init(
    folder path: String, options: EmbedderOptions, as needed: ModelKind? = nil
  ) throws {
    folder = try ModelFolder(path)
    self.options = options
    list = try ModuleList(folder, options, as: needed)
    // sentence-transformers reads it beside modules.json only.
    let settings = try list.isBare ? nil : folder.objectIfPresent(Self.settingsName)
    prompts = try Prompts(list, folder)
    comparison = try Comparison(settings, list)
    truncatedDimension = try Self.count("truncate_dim", settings)
    mostActiveOfFile = try Self.count("max_active_dims", settings)
    source = try ModelSource(list, options)
    // Weights that are packed are packed on all threads.
    pipelines = try Parallel.sharing(options.threads) { [source] in try source.pipelines() }
    if pipelines.isEmpty { _ = try list.route(nil) }  // The error names the routes there are.
  }

  /// The same model with tensors in the place of those in its files.
  /// - Parameter parameters: by the names that `ModelSource.pipelines(parameters:)` has for them
  package func with(_ parameters: [String: Tensor]) throws -> TextModel {
    var model = self
    model.pipelines = try source.pipelines(parameters: parameters)
    return model
  }

  static let settingsName = "config_sentence_transformers.json"

  /// A number of things, at least 1; `nil` where the file does not say.
  private static func count(_ key: String, _ settings: JSON?) throws -> Int? {
    guard let settings, try settings.present(key) != nil else { return nil }
    let count = try settings.int(key)
    guard count >= 1 else {
      throw FileError("\(settings.name): `\(key)` is \(count), should be at least 1")
    }
    return count
  }
}

extension TextModel {
  /// Refuses a model of another kind.
  func check(is kind: ModelKind) throws {
    guard modelKind == kind else { throw list.kind.refusal(folder, asked: kind) }
  }

  /// The length of the vectors that all its routes give.
  /// - Parameters:
  ///   - problem: what is wrong where a route gives something else
  ///   - length: of the vectors of a route; `nil` where they are not of the kind
  func dimension(else problem: String, _ length: (OutputKind) -> Int?) throws -> Int {
    let lengths = try Set(
      pipelines.values.map { pipeline in
        guard let length = length(pipeline.kind) else {
          throw FileError("\(list.file): \(problem)")
        }
        return length
      })
    guard let length = lengths.first, lengths.count == 1 else {
      let found = lengths.sorted().map(String.init).joined(separator: ", ")
      throw FileError(
        "\(list.file): routes give vectors of \(found) numbers, which cannot be compared")
    }
    return length
  }
}

extension TextModel {
  /// What it makes of texts.
  package var modelKind: ModelKind { list.kind.kind }
  /// The file and key that say so.
  package var kindOrigin: String { list.kind.origin }
  /// What a user should know of a kind that was forced.
  package var notice: String? { list.notice }
  /// The similarity that the model's authors compare its vectors by.
  package var similarity: Similarity { comparison.similarity }
  /// Whether two texts of many vectors have the mean of the largest products, and not their sum.
  package var isMeanMaxSim: Bool { comparison.isMean }

  /// How many numbers of a sparse vector stay unless another number is asked for; `nil` for all.
  package var mostActive: Int? {
    mostActiveOfFile
      ?? pipelines.values.lazy.compactMap { ($0.modules.last as? SparseAutoEncoder)?.kept }.first
  }
}

extension TextModel {
  /// The route of texts of no task, with a prompt; by default the model's own default prompt.
  /// - Parameter side: what they are, where the model reads queries and documents differently
  package func route(prompt: String? = nil, side: TextSide? = nil) throws -> Route {
    try route(prompt ?? prompts.standard ?? "", task: side?.rawValue)
  }

  /// The route of the task of that name, if there is one, with the model's prompt of that name.
  package func route(named name: String) throws -> Route {
    try route(prompts.text(named: name), task: name)
  }

  /// The route that a prompt's name says, and that prompt or another text in its place.
  package func route(promptName: String?, prompt: String?) throws -> Route {
    guard let promptName else { return try route(prompt: prompt) }
    let named = try prompts.text(named: promptName)
    return try route(prompt ?? named, task: promptName)
  }

  private func route(_ prompt: String, task: String?) throws -> Route {
    let choice = try list.route(list.task(named: task) ?? list.standardTask)
    guard let pipeline = pipelines[choice] else {
      throw FileError("\(list.file): no route \(choice.joined(separator: ", "))")
    }
    return try Route(prompt, pipeline, side: list.side(of: task))
  }

  /// The tokens of many texts, on all threads.
  /// - Parameter named: how an error names a text, by its index
  package func encodings(
    of texts: [[UInt8]], by route: Route,
    named: @Sendable (Int) -> String = { "text \($0 + 1)" }
  ) throws -> [Encoding] {
    // At this size the cost of handing out texts is negligible.
    try Parallel.map(texts.count, share: 64, threads: options.threads) { index in
      do {
        return try route.encoding(of: texts[index])
      } catch let error as FileError {
        throw FileError("\(named(index)): \(error)")
      }
    }
  }

  /// What the model makes of each text's tokens, in order. Numbers may be infinite or NaN if the
  /// weights are; who prints them must ask first.
  /// - Parameters:
  ///   - mostActive: how many numbers of a sparse vector stay; by default as many as the model says
  ///   - threads: how many work at it; by default as many as the model may use
  ///   - isWhole: whether vectors keep all numbers, also where the model's files say how many stay
  ///   - cancelled: asked before each micro-batch; `true` ends in `CancellationError`
  package func results(
    of texts: [Encoding], by route: Route, mostActive: Int? = nil, threads: Int? = nil,
    isWhole: Bool = false, cancelled: @Sendable () -> Bool = { false }
  ) throws -> Results {
    let threads = threads ?? options.threads
    switch route.kind {
    case .vector(let width):
      let columns = isWhole ? width : columns(of: route)
      return .rows(
        try rows(of: texts, by: route, columns: columns, threads: threads, cancelled: cancelled))
    case .scores(let labels):
      return .rows(
        try rows(of: texts, by: route, columns: labels, threads: threads, cancelled: cancelled))
    case .tokens(let width):
      let (batches, parts) = try batched(texts, by: route, threads, cancelled) { features in
        (0..<features.layout.count).map { features.tokenEmbeddings.rows(features.layout[$0]) }
      }
      return .ragged(RaggedMatrix(columns: width, inOrder(batches, parts)))
    case .sparse(let vocabulary):
      let kept = mostActive ?? self.mostActive
      let (batches, parts) = try batched(texts, by: route, threads, cancelled) { features in
        let rows = features.sparse ?? SparseMatrix(compressing: features.vectors)
        return (0..<rows.rows).map { row in
          kept.map(rows[row].mostActive) ?? rows[row]
        }
      }
      return .sparse(SparseMatrix(columns: vocabulary, inOrder(batches, parts)))
    }
  }

  /// How many numbers of a row stay.
  package func columns(of route: Route) -> Int {
    guard case .vector(let width) = route.kind else { return route.kind.width }
    return min(truncatedDimension ?? width, width)
  }

  /// The first numbers of the row that the model makes of each text, `columns` of them.
  func rows(
    of texts: [Encoding], by route: Route, columns: Int, threads: Int? = nil,
    cancelled: @Sendable () -> Bool
  ) throws -> Matrix {
    // Those of micro-batches, and then all together.
    try MemoryBound.check(
      texts.count, route.pipeline.width, 2 * MemoryLayout<Float>.stride,
      for: "\(folder.path): vectors of \(route.pipeline.width) numbers for \(texts.count) texts")
    let (batches, parts) = try batched(texts, by: route, threads ?? options.threads, cancelled) {
      $0.vectors
    }
    let rows = Matrix(
      Tensor([texts.count, columns]) { out in
        guard let out = out.baseAddress else { return }
        for (batch, part) in zip(batches, parts) {
          part.withFloats { rows in
            for (row, text) in batch.enumerated() {
              for column in 0..<columns {
                out[text * columns + column] = rows[row * part.columns + column]
              }
            }
          }
        }
      })
    try checkHoles(rows, texts, by: route)
    return rows
  }

  /// What `take` keeps of each micro-batch's features, and the numbers of the texts in each.
  private func batched<Part: Sendable>(
    _ texts: [Encoding], by route: Route, _ threads: Int, _ cancelled: @Sendable () -> Bool,
    take: @Sendable (Features) -> Part
  ) throws -> (batches: [[Int]], parts: [Part]) {
    // A row of results counts as a token for each 512 numbers in it: a BoW has one for every word
    // there is. A text without tokens has a row like any other, once it is pooled.
    let least = max(1, route.pipeline.width >> 9)
    let batches = Batcher.batches(
      lengths: texts.map { max(least, $0.ids.count) },
      budget: min(options.batchTokens, route.bound.batchTokens), workers: threads)
    // Where texts are fewer than threads, as at a job's end, several share an operation.
    let sharing = max(1, threads / max(1, batches.count))
    let parts = try Parallel.map(batches.count, threads: threads) { index in
      if cancelled() { throw CancellationError() }
      return try Parallel.sharing(sharing) {
        let features = route.pipeline(
          batches[index].map { texts[$0] }, promptLength: route.promptLength, side: route.side)
        if let problem = features.problem { throw problem }
        return take(features)
      }
    }
    // A page that was gone was read as zeros: nothing computed since may be believed.
    for file in weights { try file.checkIntact() }
    return (batches, parts)
  }

  /// Each text's part, in the order of the texts.
  private func inOrder<Part>(_ batches: [[Int]], _ parts: [[Part]]) -> [Part] {
    zip(batches.joined(), parts.joined()).sorted { $0.0 < $1.0 }.map(\.1)
  }
}

extension TextModel {
  /// The files that hold the weights of all modules, each once.
  var weights: [TensorFile] {
    var seen: Set<String> = []
    return pipelines.values.flatMap(\.files).filter { file in
      file.files.first.map { seen.insert($0.path).inserted } ?? false
    }
  }

  /// Gives the memory back that weights take which were read, for who has them elsewhere.
  package func releaseWeights() {
    for file in weights.flatMap(\.files) { file.release() }
  }

  /// The error for a row with an infinite number or NaN in it.
  /// - Parameter place: the row, file and line of the text
  package func notFinite(_ place: String) -> FileError { FileError("\(place): \(whyNotFinite)") }

  /// What is said of such a row.
  package var whyNotFinite: String {
    "its vector is not finite (a NaN or an infinity came out of the model); "
      + "look for NaN or overflowing weights in "
      + weights.flatMap(\.files).map(\.path).sorted().joined(separator: ", ")
  }

  /// Bare products of this model's shapes, to measure against; of none if it has none.
  package func matmulRate(_ route: Route) -> MatmulRate {
    // More rows are no faster, and take memory.
    MatmulRate(route.pipeline.products, rows: min(options.batchTokens, 4096))
  }
}

extension Route {
  /// Floating-point operations for a text with this many tokens.
  package func operations(tokens: Int) -> Double { pipeline.operations(tokens: tokens) }
}
