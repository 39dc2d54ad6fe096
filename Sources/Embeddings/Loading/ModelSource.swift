import Encoders
import ModelFiles
import Tensors

/// The modules of a model as they were read: pipelines are made from them, as often as there are
/// other numbers, and no file is opened for it.
struct ModelSource: Sendable {
  private struct Key: Hashable {
    let path, kind: String

    init(_ entry: ModuleEntry) { (path, kind) = (entry.folder.path, entry.kind) }
  }

  private let list: ModuleList
  private let options: EmbedderOptions
  private var sources: [Key: ModuleSource] = [:]
  private var tokenizers: [Key: Deferred<ModelTokenizer>] = [:]
  private var opened: [String: Result<Weights, any Error>] = [:]

  /// Reads the modules of all routes, each once.
  init(_ list: ModuleList, _ options: EmbedderOptions) throws {
    (self.list, self.options) = (list, options)
    for choice in list.choices {
      let entries = list.entries(choice).map(\.entry)
      try Modules.check(entries, in: list)
      guard let first = entries.first else { continue }
      try read(first, after: nil)
      for entry in entries.dropFirst() { try read(entry, after: Key(first)) }
    }
  }

  /// - Parameter first: the module that reads its texts, where it is another
  private mutating func read(_ entry: ModuleEntry, after first: Key?) throws {
    let key = Key(entry)
    guard sources[key] == nil else { return }
    let kind: any Module.Type =
      first == nil ? try Modules.input(entry) : try Modules.feature(entry)
    if options.leavesOutPrompts, kind is Pooling.Type {
      _ = try entry.folder.files.json(
        entry.folder.path(of: "config.json"), replacing: [("include_prompt", false)])
    }
    let configuration = try entry.configuration ?? kind.configuration(entry)
    if kind is Transformer.Type { try Architectures.check(ModelConfig(configuration)) }
    let weights = kind.hasWeights ? weights(of: entry) : .success(Weights(TensorFile()))
    if first == nil {
      let input = try Modules.input(entry)
      tokenizers[key] = Deferred { try input.tokenizer(entry, configuration) }
    }
    sources[key] = ModuleSource(
      configuration, path: entry.folder.path, weights: weights,
      precision: options.precision.tensors, tokenizer: tokenizers[first ?? key])
  }

  /// Modules may share a folder, as in a model of model2vec, or where a network has a head.
  private mutating func weights(of entry: ModuleEntry) -> Result<Weights, any Error> {
    let folder = entry.folder
    let path = entry.weightsFile.map(folder.path(of:)) ?? folder.path
    if let known = opened[path] { return known }
    let weights = Result {
      try entry.weightsFile == nil ? folder.weights() : Weights(TensorFile(torch: path))
    }
    .map { $0.with(storedFrom: options.storedFrom) }
    opened[path] = weights
    return weights
  }

  /// Makes the tokenizers; pipelines wait for those that they need.
  func makeTokenizers() throws {
    for choice in list.choices {
      if let first = list.entries(choice).first { _ = try tokenizers[Key(first.entry)]?.value }
    }
  }

  /// The pipeline of each choice of routes.
  /// - Parameters:
  ///   - trained: by the names in the files, and before them the path of a module that has a folder of
  ///     its own: `2_Dense/linear.weight`
  ///   - recorder: notes by such names the matrices that products are with
  func pipelines(
    trained: TrainedTensors = TrainedTensors(), noting recorder: MatrixRecorder? = nil
  ) throws -> [[String]: Pipeline] {
    var factory = PipelineFactory(self, trained, recorder)
    var pipelines: [[String]: Pipeline] = [:]
    for choice in list.choices {
      pipelines[choice] = try factory.pipeline(list.entries(choice), in: list)
    }
    return pipelines
  }

  /// The real numbers in the files of all modules, by the names that `pipelines(trained:)` has for them.
  func tensors() throws -> [ModelTensor] {
    var seen: Set<String> = []
    var tensors: [ModelTensor] = []
    for choice in list.choices {
      for (_, entry) in list.entries(choice) where entry.weightsFile == nil {
        guard let read = sources[Key(entry)], let file = read.file else { continue }
        let (start, weights) = (list.relative(entry.folder), try read.weights)
        for name in file.names {
          guard let raw = file[name], let format = FloatFormat(raw.type),
            seen.insert(start + name).inserted
          else { continue }
          tensors.append(
            ModelTensor(
              name: start + name, shape: raw.shape, isHalf: format.byteCount == 2
            ) {
              try weights.array(name, raw.shape)
            })
        }
      }
    }
    return tensors
  }

  /// Makes modules, each once: the routes of a model may share some.
  private struct PipelineFactory {
    private struct Made: Hashable {
      let key: Key
      let input: FeatureShape
    }

    private let source: ModelSource
    private let trained: TrainedTensors
    private let recorder: MatrixRecorder?
    private var inputs: [Key: any InputModule] = [:]
    private var features: [Made: any FeatureModule] = [:]

    init(_ source: ModelSource, _ trained: TrainedTensors, _ recorder: MatrixRecorder?) {
      (self.source, self.trained, self.recorder) = (source, trained, recorder)
    }

    mutating func pipeline(
      _ entries: [(step: Int, entry: ModuleEntry)], in list: ModuleList
    ) throws -> Pipeline {
      guard let start = entries.first?.entry else {
        throw FileError("\(list.file): no module reads text; known are \(Modules.firstNames)")
      }
      let input = try input(start)
      var shape = input.info.output
      var modules: [any FeatureModule] = []
      for (_, entry) in entries.dropFirst() {
        try Self.checkReader(entry.kind, of: shape, in: list)
        let module = try feature(
          entry, taking: shape, words: input.network?.encoder.words)
        shape = module.info.output
        modules.append(module)
      }
      try Self.checkReader(nil, of: shape, in: list)
      if list.kind.kind == .dense, let mode = list.pooling {
        modules.append(Pooling([mode], of: shape))
      }
      return Pipeline(
        entries: entries, input: input, modules: modules,
        limit: try input.tokenizer.limit(asked: source.options.maximumLength),
        asked: source.options.maximumLength,
        files: entries.compactMap { source.sources[Key($0.entry)]?.file })
    }

    /// A head over a vocabulary gives its numbers to modules that know of it, and no others.
    private static func checkReader(
      _ kind: String?, of shape: FeatureShape, in list: ModuleList
    ) throws {
      guard shape.logits != nil, kind != "SpladePooling", kind != "LogitScore" else { return }
      throw FileError(
        "\(list.file): the network gives numbers of its vocabulary's entries (its transformer_task is "
          + "fill-mask or text-generation), and \(kind.map { "\($0) follows" } ?? "nothing follows"); a "
          + "SpladePooling or LogitScore should")
    }

    private mutating func input(_ entry: ModuleEntry) throws -> any InputModule {
      let key = Key(entry)
      if let made = inputs[key] { return made }
      guard let tokenizer = source.tokenizers[key] else {
        throw FileError("\(entry.listing): `\(entry.kind)` reads no text")
      }
      let module = try Modules.input(entry).init(moduleSource(entry), tokenizer, source.options)
      inputs[key] = module
      return module
    }

    private mutating func feature(
      _ entry: ModuleEntry, taking input: FeatureShape, words: Tensor?
    ) throws -> any FeatureModule {
      let key = Made(key: Key(entry), input: input)
      if let made = features[key] { return made }
      var source = try moduleSource(entry)
      source.words = words
      let module = try Modules.feature(entry).init(source, taking: input)
      features[key] = module
      return module
    }

    private func moduleSource(_ entry: ModuleEntry) throws -> ModuleSource {
      guard let read = source.sources[Key(entry)] else {
        throw FileError("\(entry.listing): module type `\(entry.kind)` is not known")
      }
      let start = source.list.relative(entry.folder)
      return read.with(trained.below(start), recorder.map { ($0, start) })
    }
  }
}

/// A tensor of a model's files.
struct ModelTensor: Sendable {
  let name: String
  let shape: [Int]
  /// Whether the file has it in half precision.
  let isHalf: Bool
  /// Its numbers, raised to float32.
  let floats: @Sendable () throws -> Tensor

  var count: Int { shape.reduce(1, *) }
}

/// What a module is made of, read once: it can be made again, of other numbers, and opens no file.
package struct ModuleSource: Sendable {
  /// The object that configures it; empty where it needs none.
  let configuration: JSON
  /// The path of its folder, for messages.
  let path: String
  /// What makes the tokens that it gets.
  private let deferredTokenizer: Deferred<ModelTokenizer>?
  var tokenizer: ModelTokenizer? { get throws { try deferredTokenizer?.value } }
  /// The word table of the network before it, which a head may share.
  fileprivate(set) var words: Tensor?
  private let stored: Result<Weights, any Error>
  private let precision: Precision
  private var trained = TrainedTensors()
  private var recorder: (recorder: MatrixRecorder, prefix: String)?

  /// - Parameters:
  ///   - weights: those of its folder, or why there are none, which is thrown when the module asks
  ///     for them
  ///   - precision: of the network's products
  init(
    _ configuration: JSON, path: String, weights: Result<Weights, any Error>,
    precision: Precision = .f32, tokenizer: Deferred<ModelTokenizer>? = nil
  ) {
    (self.configuration, self.path, stored) = (configuration, path, weights)
    (self.precision, deferredTokenizer) = (precision, tokenizer)
  }

  /// Its tensors.
  var weights: Weights {
    get throws {
      let weights = try stored.get().with(trained)
      return recorder.map { weights.noting($0.recorder, prefix: $0.prefix) } ?? weights
    }
  }

  /// The same for products in the precision of the network, of which a head is a part.
  var networkWeights: Weights { get throws { try weights.with(precision) } }

  /// The file that holds them, if there is one.
  var file: TensorFile? { if case .success(let weights) = stored { weights.file } else { nil } }

  /// The same source with what training has made of its tensors, by their names in its file.
  fileprivate func with(
    _ trained: TrainedTensors, _ recorder: (recorder: MatrixRecorder, prefix: String)?
  ) -> ModuleSource {
    var source = self
    (source.trained, source.recorder) = (trained, recorder)
    return source
  }
}
