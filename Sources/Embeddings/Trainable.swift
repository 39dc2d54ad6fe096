package import Encoders
import ModelFiles
package import Tensors
package import Tokenizers

/// A model directory whose numbers are to change.
///
/// A step of training makes the network again from tensors of the names that its files have for
/// them: what is derived of those, as queries, keys and values in one matrix, is recorded like any
/// operation, so that derivatives arrive where the files keep numbers.
package struct TrainableModel: Sendable {
  /// The model as it is in its directory.
  package let start: TextModel
  /// The names of the tensors that a text's vector depends on.
  package let names: [String]
  /// Those among them of which a text uses the rows of its tokens.
  package let wordTables: [String]
  /// Matrices of the first module by which all numbers of a row are multiplied, as by an `nn.Linear`.
  package let matrices: [String]
  /// Rows of tables that are not trained.
  package let untrainedRows: [UntrainedRow]

  /// Names beside those that the same numbers have in its files.
  private let tied: TiedNames

  /// The kinds that are trained.
  package static let kinds: [ModelKind] = [.dense, .sparse, .rerank]

  /// - Throws: where no derivative reaches a tensor
  package init(_ start: TextModel) throws {
    try Self.check(start)
    self.start = start
    let entry = try start.list.first(nil)
    untrainedRows =
      entry.isNetwork
      ? try Architectures.untrainedRows(ModelConfig(Transformer.configuration(entry))) : []
    let isTied =
      try entry.isNetwork
      && Transformer.configuration(entry).flag("tie_word_embeddings", default: true)
    tied = TiedNames(
      start.modelKind == .sparse ? try start.source.tensors() : [], isTied: isTied)
    let found = try Self.reached(start, tied)
    (names, wordTables) = (found.names, found.tables)
    let prefix = start.list.relative(entry.folder)
    matrices = found.matrices.filter { $0.hasPrefix(prefix) && entry.isNetwork }
    guard !names.isEmpty else {
      throw FileError("\(start.folder.path): no tensor of it can be trained")
    }
  }

  /// Refuses a model of a kind that is not trained.
  static func check(_ start: TextModel) throws {
    guard Self.kinds.contains(start.modelKind) else {
      throw FileError(
        "\(start.folder.path): the model is \(start.modelKind.phrase) (\(start.kindOrigin)), and such are "
          + "not trained yet; take \(Self.kinds.map(\.phrase).joined(separator: " or "))")
    }
    guard !start.list.kinds.contains("LogitScore") else {
      throw FileError(
        "\(start.folder.path): the model scores pairs by the words of a language model (LogitScore), and "
          + "such rerankers are not trained yet; take one with a head that gives labels")
    }
    guard start.list.routes.isEmpty else {
      throw FileError(
        "\(start.list.file): has a Router, of whose routes none is trained alone; take a model with one "
          + "line of modules")
    }
    if start.modelKind == .sparse { try Self.checkSparse(start) }
  }

  /// Of sparse models SPLADE is trained.
  private static func checkSparse(_ start: TextModel) throws {
    guard let last = start.list.entries([]).last?.entry.kind, last != "SpladePooling" else {
      return
    }
    throw FileError(
      "\(start.folder.path): its vectors are made by \(last), which is not trained here; take a model with "
        + "SpladePooling, or a masked language model")
  }

  // Smaller ones take no time worth saving.
  private static let fewestWords = 1000

  /// Finds by a pass with one short text which tensors have derivatives, and which by few rows.
  private static func reached(
    _ start: TextModel, _ tied: TiedNames
  ) throws -> (names: [String], tables: [String], matrices: [String]) {
    let tensors = try start.source.tensors()
    let leaves = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.tensor.tracked()) })
    // Two words, so that something comes before and after each of them.
    let words = Array("one two".utf8)
    let text =
      try start.modelKind == .rerank
      ? start.pairRoute(prompt: "").encoding(of: words, words).encoding
      : start.route(prompt: "").encoding(of: words)
    let network = try TrainableNetwork(start, tied.withCopies(leaves))
    let vectors = network.vectors(
      of: [text], promptLength: 0,
      TrainingPass(dropout: 0, seed: 0, step: 0, texts: [0]))
    let seed = Tensor(vectors.shape) { $0.update(repeating: 1) }
    let gradients = Gradients(of: vectors, seed: seed)
    let found = tensors.compactMap { name, _ in
      (tied.isCopy(name) ? nil : leaves[name]).flatMap { gradients[$0] }.map {
        (name: name, gradient: $0)
      }
    }
    let tables = found.filter { _, gradient in
      guard case .rows(let table) = gradient, table.tableRows >= fewestWords else { return false }
      return table.ids.allSatisfy(text.ids.contains)
    }
    let matrices = found.filter { name, gradient in
      guard case .dense = gradient, leaves[name]?.shape.count == 2 else { return false }
      return name.hasSuffix(".weight") && !isTable(name)
    }
    return (found.map(\.name), tables.map(\.name), matrices.map(\.name))
  }

  /// Whether a tensor is a table of positions, of which all rows may occur in each text: DeBERTa's
  /// `rel_embeddings`, T5's and MPNet's `relative_attention_bias`.
  private static func isTable(_ name: String) -> Bool {
    name.split(separator: ".").contains { part in
      ["embeddings", "embedding", "attention_bias"].contains(where: part.hasSuffix)
    }
  }

  /// The tensors that a text's vector depends on, in float32.
  package func tensors() throws -> [(name: String, tensor: Tensor)] {
    let wanted = Set(names)
    return try start.source.tensors().filter { wanted.contains($0.name) }
  }

  /// How many numbers `wordTables` have.
  package var wordTableCount: Int {
    get throws {
      try tensors().filter { wordTables.contains($0.name) }.reduce(0) { $0 + $1.tensor.count }
    }
  }

  /// What goes before the names that the first module's tensors have in its file.
  package var inputPrefix: String {
    get throws { start.list.relative(try start.list.first(nil).folder) }
  }

  /// `model_type` in the network's config.json; `nil` of a model without a network.
  package var networkType: String? {
    get throws {
      let entry = try start.list.first(nil)
      guard entry.isNetwork else { return nil }
      return try Transformer.configuration(entry).string("model_type", default: "")
    }
  }

  /// The network of these numbers, for a step.
  /// - Parameter parameters: by `names`; others are as in the files
  package func network(_ parameters: [String: Tensor]) throws -> TrainableNetwork {
    try TrainableNetwork(start, withCopies(parameters))
  }

  /// The same tensors, and again those that the model's files have under two names.
  package func withCopies(_ tensors: [String: Tensor]) -> [String: Tensor] {
    tied.withCopies(tensors)
  }

  /// E, the numbers of a text's vector, or the labels of a pair.
  package var width: Int { get throws { try TrainableNetwork.pipeline(start).width } }

  /// Whether a text has the same vector each time it goes through the network, as nothing is left out.
  /// - Parameter dropout: in the place of the model's own rates
  package func isRepeatable(dropout: Float?) throws -> Bool {
    let pipeline = try TrainableNetwork.pipeline(start)
    let rates = pipeline.input.network?.rates
    return (rates?.isNone(replacedBy: dropout) ?? true)
      && pipeline.modules.allSatisfy { module in
        ((module as? Dropout).map { dropout ?? $0.rate } ?? 0) == 0
          && (module as? Classification)?.dropout.isNone(replacedBy: dropout) ?? true
      }
  }

  /// The bytes that a token's way through the network keeps for the way back, about.
  package var bytesPerToken: Int {
    get throws {
      let pipeline = try TrainableNetwork.pipeline(start)
      // What is made for each entry of a vocabulary is not kept.
      let kept = pipeline.products.filter { !isSparse || $0.outputs != pipeline.width }
      let products = kept.reduce(0) { $0 + $1.inputs + $1.outputs }
      // What products take and give, in four bytes, and a quarter for norms and residuals between.
      return max(isSparse ? 1 : pipeline.width, products) * 5
    }
  }

  /// The bytes that a text's vector takes beside them, about, where that is long: itself, where its
  /// numbers came from, and derivatives, each some times on their way through the loss.
  package var bytesPerText: Int {
    get throws { isSparse ? try width * 10 * MemoryLayout<Float>.stride : 0 }
  }

  private var isSparse: Bool { start.modelKind == .sparse }

  /// The layers of the network that each could be its last; 0 where there is none.
  package var layers: Int {
    get throws { try encoder.map { $0.isOfOneWidth ? $0.depth : 0 } ?? 0 }
  }

  /// The parts among which `bytesPerToken` divides.
  package var depth: Int { get throws { try max(1, encoder?.depth ?? 0) } }

  private var encoder: Encoder? {
    get throws { try TrainableNetwork.pipeline(start).input.network?.encoder }
  }

  /// Floating-point operations of a step for a text of so many tokens: the way there once, the way
  /// back twice.
  package func operations(tokens: Int) throws -> Double {
    3 * (try TrainableNetwork.pipeline(start).operations(tokens: tokens))
  }
}

/// A network of some numbers, from texts to vectors, with a way back to them.
package struct TrainableNetwork: Sendable {
  private let pipeline: Pipeline

  init(_ model: TextModel, _ parameters: [String: Tensor]) throws {
    pipeline = try Self.pipeline(model.with(parameters))
  }

  static func pipeline(_ model: TextModel) throws -> Pipeline {
    let choice = try model.list.route(nil)
    guard let pipeline = model.pipelines[choice] else {
      throw FileError("\(model.list.file): no route \(choice.joined(separator: ", "))")
    }
    return pipeline
  }

  /// The vectors of B texts, and beside them those by lower layers.
  /// - Parameter layers: the numbers of those; 0 is what goes into the first
  /// - Shapes: → `[B, E + E · layers]`
  package func vectors(
    of texts: [Encoding], promptLength: Int, _ pass: TrainingPass, layers: [Int] = []
  ) -> Tensor {
    pipeline.vectors(texts, promptLength: promptLength, training: pass, layers: layers)
  }
}

extension TextModel {
  /// Whether it is a network without a list of modules.
  package var isPlain: Bool { list.isBare }

  /// Whether it is a table of vectors without a network.
  package var isStatic: Bool {
    pipelines.values.allSatisfy { $0.entries.first?.entry.kind == "StaticEmbedding" }
  }
}

extension Route {
  /// How many tokens at the start of each text come from the prompt.
  package var promptTokens: Int { promptLength }
}
