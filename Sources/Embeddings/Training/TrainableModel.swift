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
  /// The shapes of the tensors that a text's vector depends on.
  package let shapes: [String: [Int]]

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
    tied = try TiedNames(
      start.modelKind == .sparse ? start.source.tensors() : [], isTied: isTied)
    let found = try ReachedTensors(start, tied)
    (names, wordTables, shapes) = (found.names, found.tables, found.shapes)
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

  /// The tensors that a text's vector depends on, in float32.
  package func tensors() throws -> [(name: String, tensor: Tensor)] {
    try start.source.tensors().filter { shapes[$0.name] != nil }.map { ($0.name, try $0.floats()) }
  }

  /// How many numbers they have.
  package var count: Int { shapes.values.reduce(0) { $0 + $1.reduce(1, *) } }

  /// How many numbers `wordTables` have.
  package var wordTableCount: Int {
    wordTables.reduce(0) { $0 + (shapes[$1] ?? [0]).reduce(1, *) }
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
  /// - Parameter trained: by `names`; others are as in the files
  package func network(_ trained: TrainedTensors) throws -> TrainableNetwork {
    try TrainableNetwork(start, withCopies(trained))
  }

  /// The same tensors, and again those that the model's files have under two names.
  package func withCopies(_ trained: TrainedTensors) -> TrainedTensors {
    TrainedTensors(tied.withCopies(trained.tensors), changes: trained.changes)
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

  init(_ model: TextModel, _ trained: TrainedTensors) throws {
    pipeline = try Self.pipeline(model.with(trained))
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
