import ModelFiles
import Tensors
import Tokenizers

/// Modules in a line, from texts to vectors.
struct Pipeline: Sendable {
  /// Each module's entry: its file's, and the number of the step that it stands in.
  let entries: [(step: Int, entry: ModuleEntry)]
  let first: any InputModule
  let modules: [any Module]
  /// The most tokens that are read of a text; `nil` for all.
  let limit: Int?
  /// What the modules after the first look at.
  let requested: RequestedStates

  var reader: ModelTokenizer { first.reader }
  var info: [ModuleInfo] { [first.info] + modules.map(\.info) }
  /// The length of a vector.
  var width: Int { info.last?.output.width ?? 0 }

  /// Whether every vector has length 1.
  var endsInNormalize: Bool { modules.last is Normalize }

  /// The same without a Normalize at its end.
  var beforeNormalize: Pipeline {
    Pipeline(
      entries: entries.dropLast(endsInNormalize ? 1 : 0), first: first,
      modules: modules.dropLast(endsInNormalize ? 1 : 0), limit: limit, requested: requested)
  }

  /// B texts → `[B, E]`
  func callAsFunction(_ texts: [Encoding], promptLength: Int) -> Tensor {
    var features = first(texts, requested)
    features.promptLength = promptLength
    features = modules.reduce(features) { features, module in module(features) }
    return features.values.vectors(at: features.layout)
  }

  /// Floating-point operations that a text of so many tokens takes: 2 for each weight that each of
  /// its rows meets, and what the first module does beside products.
  func operations(tokens: Int) -> Double {
    zip(modules, info).reduce(first.operations(tokens: tokens, requested)) { sum, step in
      let rows = step.1.output.owner == .tokens ? tokens : 1
      return step.0.info.products.reduce(sum) { $0 + 2 * Double(rows) * Double($1.weights) }
    }
  }

  /// The products of all modules, for measuring against.
  var products: [ProductShape] { info.flatMap(\.products) }
}

/// Loads modules, each once: the routes of a model may share some.
struct PipelineLoader {
  private struct Key: Hashable {
    let path, kind: String
    let input: FeatureShape?
  }

  private let options: EmbedderOptions
  private var first: [Key: any InputModule] = [:]
  private var modules: [Key: any Module] = [:]

  init(_ options: EmbedderOptions) { self.options = options }

  /// The pipeline of these modules, all of which are looked at before any is loaded.
  mutating func pipeline(
    _ entries: [(step: Int, entry: ModuleEntry)], in list: ModuleList
  ) throws -> Pipeline {
    try Self.check(entries, in: list)
    guard let start = entries.first?.entry else {
      throw FileError("\(list.file): no module reads text; known are \(Modules.firstNames)")
    }
    let first = try first(start)
    var rows = first.info.output
    var modules: [any Module] = []
    for (_, entry) in entries.dropFirst() {
      let module = try module(entry, taking: rows)
      rows = module.info.output
      modules.append(module)
    }
    if let mode = list.pooling {
      modules.append(Pooling([mode], of: rows))
      rows = .texts(rows.width)
    }
    guard rows.owner == .texts else {
      throw FileError("\(list.file): no Pooling; a text has no vector without one")
    }
    return Pipeline(
      entries: entries, first: first, modules: modules,
      limit: try first.reader.limit(asked: options.maximumLength),
      requested: Self.requested(modules))
  }

  /// One token of each text, where the module next to the network takes no other.
  private static func requested(_ modules: [any Module]) -> RequestedStates {
    modules.contains { $0.info.requested == .layers }
      ? .layers : modules.first?.info.requested ?? .all
  }

  private static func check(
    _ entries: [(step: Int, entry: ModuleEntry)], in list: ModuleList
  ) throws {
    for (index, (_, entry)) in entries.enumerated() {
      let place = "\(entry.listing): module \(index), type `\(entry.type)`,"
      if let reason = Modules.refused[entry.kind] {
        throw FileError("\(place) is not supported: \(reason)")
      }
      let isFirst = Modules.first[entry.kind] != nil
      guard isFirst || Modules.known[entry.kind] != nil else {
        throw FileError("\(place) is not known; \(Modules.names)")
      }
      guard isFirst == (index == 0) else {
        throw FileError(
          "\(place) stands in the wrong place: the first module, and no other, should be one that "
            + "reads text (\(Modules.firstNames))")
      }
    }
  }

  private mutating func first(_ entry: ModuleEntry) throws -> any InputModule {
    let key = Key(path: entry.folder.path, kind: entry.kind, input: nil)
    if let loaded = first[key] { return loaded }
    guard let kind = Modules.first[entry.kind] else {
      throw FileError("\(entry.listing): `\(entry.kind)` reads no text")
    }
    let module = try kind.init(entry, options)
    first[key] = module
    return module
  }

  private mutating func module(_ entry: ModuleEntry, taking input: FeatureShape) throws
    -> any Module
  {
    let key = Key(path: entry.folder.path, kind: entry.kind, input: input)
    if let loaded = modules[key] { return loaded }
    guard let kind = Modules.known[entry.kind] else {
      throw FileError("\(entry.listing): module type `\(entry.kind)` is not known")
    }
    let module = try kind.init(entry.folder, taking: input)
    modules[key] = module
    return module
  }
}
