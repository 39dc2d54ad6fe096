package import Encoders
import ModelFiles
package import Tensors
package import Tokenizers
package import Vectors

/// A model that scores how well a document answers a query, ready to use from any thread.
public struct Reranker: Sendable {
  package let model: TextModel
  /// What each score of a pair is of: one label, or the classes that pairs fall into.
  public let labels: [String]
  /// What makes scores of logits.
  package let activation: ScoreActivation
  /// The file and key that say so.
  package let activationOrigin: String
  /// What in the model's files about scores is not as it should be.
  let warnings: [String]

  /// Reads a model directory of sentence-transformers' CrossEncoder, or a plain one with a head that
  /// classifies texts, or a causal language model, which says how much rather it goes on with "yes"
  /// than "no".
  /// - Throws: an error that names the file that is wrong, and how.
  public init(folder: String, options: EmbedderOptions = .init()) throws {
    try self.init(TextModel(folder: folder, options: options.asking(.rerank)))
  }

  /// - Throws: where the model scores no pairs
  package init(_ model: TextModel) throws {
    try model.check(is: .rerank)
    guard let pipeline = model.pipelines.values.first, model.pipelines.count == 1,
      case .scores(let count) = pipeline.kind
    else {
      throw FileError(
        "\(model.list.file): the modules of a reranker end in none that gives scores: a Transformer of "
          + "the task sequence-classification, a Dense whose `module_output_name` is `scores`, or "
          + "LogitScore")
    }
    self.model = model
    let entry = pipeline.entries.first { $0.entry.kind == "Transformer" }?.entry
    let config = try entry.map(Transformer.configuration)
    let hasHead = pipeline.modules.last is Classification
    labels = try Self.labels(hasHead ? config : nil, count)
    let settings =
      try model.list.isBare ? nil : model.folder.objectIfPresent(TextModel.settingsName)
    let (activation, origin, warning) = try ScoreActivation.resolved(
      settings: settings, config: config, labels: count)
    (self.activation, activationOrigin) = (activation, origin)
    warnings = [warning].compactMap { $0 }
    try Self.check(pipeline)
  }

  /// Refuses a tokenizer that cannot make pairs that the network takes.
  private static func check(_ pipeline: Pipeline) throws {
    let tokenizer = pipeline.tokenizer
    if let chat = tokenizer.chat { return try chat.checkPairs() }
    guard let needed = try tokenizer.network?.pairRequirements(), tokenizer.hasPairSegments,
      let rows = (pipeline.input as? Transformer)?.encoder.segmentRows,
      needed.segmentCount > rows
    else { return }
    throw FileError(
      "\(pipeline.entries.first?.entry.folder.path ?? ""): the tokenizer gives pairs of texts segments "
        + "(type_id) up to \(needed.segmentCount - 1), but their table has \(rows) rows; they are not "
        + "of the same model")
  }

  /// `id2label`, or the names that transformers has for labels without one.
  private static func labels(_ config: JSON?, _ count: Int) throws -> [String] {
    var labels = (0..<count).map { "LABEL_\($0)" }
    guard let named = try config?.present("id2label") else { return labels }
    for (key, value) in try named.object().members {
      guard let index = Int(try key.string()), labels.indices.contains(index) else { continue }
      labels[index] = value.kind == .string ? try value.string() : value.found
    }
    return labels
  }
}

extension Reranker {
  /// How well each document answers the query, in the order of the documents.
  /// - Parameter prompt: goes before the query; by default the model's own default prompt
  /// - Throws: where the model has several labels, or a score is not finite.
  public func scores(
    _ query: String, _ documents: [String], prompt: String? = nil
  ) throws -> [Float] {
    guard labels.count == 1 else {
      throw FileError(
        "\(model.folder.path): the model has \(labels.count) labels (\(labels.joined(separator: ", "))), "
          + "and documents are ranked by one; name a reranker with one label")
    }
    let route = try route(prompt: prompt)
    let query = Array(query.utf8)
    let pairs = try encodings(of: documents.map { (query, Array($0.utf8)) }, by: route)
    let logits = try logits(of: pairs, by: route)
    return try (0..<logits.rows).map { row in
      guard logits.isFinite(row: row) else { throw model.notFinite("document \(row + 1)") }
      return activation(Array(logits[row]))[0]
    }
  }

  /// The documents by how well they answer the query, best first; equal ones in their order.
  /// - Parameter top: how many of them; `nil` for all
  public func rank(
    _ query: String, _ documents: [String], top: Int? = nil
  ) throws -> [(row: Int, score: Float)] {
    let scores = try scores(query, documents)
    let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
    return order.prefix(max(0, top ?? order.count)).map { (row: $0, score: scores[$0]) }
  }

  /// The way of pairs with a prompt before the query: the one of that name, another text in its place,
  /// or the model's default prompt.
  /// - Parameter isBare: whether there is none, whatever the model says
  package func route(
    promptName: String? = nil, prompt: String? = nil, isBare: Bool = false
  ) throws -> PairRoute {
    let named = try promptName.map { try model.prompts.text(named: $0) }
    return try model.pairRoute(prompt: isBare ? "" : prompt ?? named)
  }

  /// The tokens of many pairs, on all threads.
  /// - Parameter named: how an error names a pair, by its index
  package func encodings(
    of pairs: [(query: [UInt8], document: [UInt8])], by route: PairRoute,
    named: @Sendable (Int) -> String = { "pair \($0 + 1)" }
  ) throws -> [PairEncoding] {
    try model.encodings(of: pairs, by: route, named: named)
  }

  /// A number for each label of each pair, in order, before the activation. One may be infinite or NaN
  /// if the weights are; who prints it must ask `isFinite(row:)` first.
  /// - Parameter cancelled: asked before each micro-batch; `true` ends in `CancellationError`
  package func logits(
    of pairs: [PairEncoding], by route: PairRoute,
    cancelled: @escaping Cancellation = { false }
  ) throws -> Matrix {
    try model.rows(
      of: pairs.map(\.encoding), by: route.route, columns: labels.count, cancelled: cancelled)
  }
}

/// The way of pairs of texts through a reranker, and the prompt before each query.
package struct PairRoute: Sendable {
  package private(set) var route: Route
  /// The most tokens that are read of a pair; `nil` for all.
  package let limit: Int?
  /// How many special tokens each pair gets.
  package let specials: Int

  init(_ route: Route) throws {
    self.route = route
    let tokenizer = route.pipeline.tokenizer
    limit = try tokenizer.pairLimit(asked: route.pipeline.asked)
    specials = try tokenizer.pairSpecials()
  }

  /// The same way, which cuts long texts at that end; `nil` where it can only cut the other.
  package func cutting(_ direction: TruncationDirection) -> PairRoute? {
    guard let cutting = route.cutting(direction) else { return nil }
    var pairs = self
    pairs.route = cutting
    return pairs
  }

  /// What goes before each query, or into a message of its own.
  package var prompt: [UInt8] { route.prompt }

  /// The tokens of a query and a document, cut to the limit.
  /// - Parameter query: valid UTF-8, as is the document
  /// - Throws: where the pair is longer than is computed, or needs more memory than there may be.
  package func encoding(of query: [UInt8], _ document: [UInt8]) throws -> PairEncoding {
    let pair = try route.tokenizer.pairEncoding(
      of: query, document, prompt: prompt, limit: limit)
    try route.bound.check(pair.encoding.ids.count)
    return pair
  }

  /// Floating-point operations for a pair with this many tokens.
  package func operations(tokens: Int) -> Double { route.operations(tokens: tokens) }
}

extension TextModel {
  /// Bare products of this model's shapes, to measure against; of none if it has none.
  package func matmulRate(_ route: PairRoute) -> MatmulRate { matmulRate(route.route) }

  /// The way of pairs with a prompt before the query; by default the model's own default prompt.
  package func pairRoute(prompt: String?) throws -> PairRoute {
    try PairRoute(route(prompt: prompt))
  }

  /// The tokens of many pairs, on all threads.
  /// - Parameter named: how an error names a pair, by its index
  package func encodings(
    of pairs: [(query: [UInt8], document: [UInt8])], by route: PairRoute,
    named: @Sendable (Int) -> String
  ) throws -> [PairEncoding] {
    // At this size the cost of handing out pairs is negligible.
    try Parallel.map(pairs.count, share: 16, threads: options.threads) { index in
      do {
        return try route.encoding(of: pairs[index].query, pairs[index].document)
      } catch let error as FileError {
        throw FileError("\(named(index)): \(error)")
      }
    }
  }
}
