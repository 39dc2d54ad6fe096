import ModelFiles
import Tensors
import Tokenizers

/// Modules in a line, from texts to vectors.
struct Pipeline: Sendable {
  /// Each module's entry: its file's, and the number of the step that it stands in.
  let entries: [(step: Int, entry: ModuleEntry)]
  let first: any FirstModule
  let modules: [any Module]
  /// The most tokens that are read of a text; `nil` for all.
  let limit: Int?
  /// What the modules after the first look at.
  let wanted: WantedRows

  var reader: TextReader { first.reader }
  var facts: [ModuleFacts] { [first.facts] + modules.map(\.facts) }
  /// The length of a vector.
  var width: Int { facts.last?.output.width ?? 0 }

  /// Whether every vector has length 1.
  var endsInNormalize: Bool { modules.last is Normalize }

  /// The same without a Normalize at its end.
  var beforeNormalize: Pipeline {
    Pipeline(
      entries: entries.dropLast(endsInNormalize ? 1 : 0), first: first,
      modules: modules.dropLast(endsInNormalize ? 1 : 0), limit: limit, wanted: wanted)
  }

  /// B texts → `[B, E]`
  func callAsFunction(_ texts: [Encoding], promptLength: Int) -> Tensor {
    var features = first(texts, wanted)
    features.promptLength = promptLength
    return modules.reduce(features) { features, module in module(features) }.values
  }

  /// Floating-point operations that a text of so many tokens takes: 2 for each weight that each of
  /// its rows meets, and what the first module does beside products.
  func operations(tokens: Int) -> Double {
    zip(modules, facts).reduce(first.operations(tokens: tokens, wanted)) { sum, step in
      let rows = step.1.output.owner == .tokens ? tokens : 1
      return step.0.facts.products.reduce(sum) { $0 + 2 * Double(rows) * Double($1.weights) }
    }
  }

  /// The products of all modules, for measuring against.
  var products: [ProductShape] { facts.flatMap(\.products) }
}

/// Loads modules, each once: the routes of a model may share some.
struct PipelineLoader {
  private struct Key: Hashable {
    let path, kind: String
    let input: Rows?
  }

  private let options: EmbedderOptions
  private var first: [Key: any FirstModule] = [:]
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
    var rows = first.facts.output
    var modules: [any Module] = []
    for (_, entry) in entries.dropFirst() {
      let module = try module(entry, taking: rows)
      rows = module.facts.output
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
      wanted: Self.wanted(modules))
  }

  /// One token of each text, where the module next to the network takes no other.
  private static func wanted(_ modules: [any Module]) -> WantedRows {
    if modules.contains(where: \.facts.needsLayers) { return .layers }
    return modules.first?.facts.edge.map { .only($0) } ?? .all
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

  private mutating func first(_ entry: ModuleEntry) throws -> any FirstModule {
    let key = Key(path: entry.folder.path, kind: entry.kind, input: nil)
    if let loaded = first[key] { return loaded }
    guard let kind = Modules.first[entry.kind] else {
      throw FileError("\(entry.listing): `\(entry.kind)` reads no text")
    }
    let module = try kind.init(entry, options)
    first[key] = module
    return module
  }

  private mutating func module(_ entry: ModuleEntry, taking input: Rows) throws -> any Module {
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
