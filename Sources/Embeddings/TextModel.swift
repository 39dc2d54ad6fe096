package import Encoders
package import ModelFiles
package import Tensors
import Tokenizers
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
    folder = try ModelFolder(path, findingBase: options.findingBase, task: options.task)
    self.options = options
    list = try ModuleList(folder, options, as: needed)
    // sentence-transformers reads it beside modules.json only.
    let settings = try list.isBare ? nil : folder.objectIfPresent(Self.settingsName)
    prompts = try Prompts(list, folder)
    comparison = try Comparison(settings, list)
    truncatedDimension = try Self.count("truncate_dim", settings)
    mostActiveOfFile = try Self.count("max_active_dims", settings)
    source = try ModelSource(list, options)
    pipelines = try Self.pipelines(of: source, options)
    if pipelines.isEmpty { _ = try list.route(nil) }  // The error names the routes there are.
  }

  /// Makes tokenizers and networks at the same time. Of what is wrong with both, the tokenizer's is
  /// said.
  private static func pipelines(
    of source: ModelSource, _ options: EmbedderOptions
  ) throws -> [[String]: Pipeline] {
    typealias Made = Result<[[String]: Pipeline], any Error>
    let made = try Parallel.map(2, threads: options.threads) { part -> Made in
      if part == 0 {
        return Made {
          try source.makeTokenizers()
          return [:]
        }
      }
      // Weights that are packed or stacked are so on all threads.
      return Made { try Parallel.sharing(options.threads) { try source.pipelines() } }
    }
    _ = try made[0].get()
    return try made[1].get()
  }

  /// The same model with what training has made of its tensors.
  /// - Parameter trained: by the names that `ModelSource.pipelines(trained:)` has for them
  package func with(_ trained: TrainedTensors) throws -> TextModel {
    var model = self
    model.pipelines = try source.pipelines(trained: trained)
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
}

extension TextModel {
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
