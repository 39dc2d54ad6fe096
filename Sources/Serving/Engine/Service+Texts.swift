import Embeddings
import ModelFiles
import NIOCore
import Tokenizers
import Vectors

extension Service {
  /// A vector for each text, in order, to the bit as `embed encode` gives it.
  func vectors(
    of inputs: [Input], _ wish: Wish, _ model: ServedModel
  ) async throws -> (Matrix, Work) {
    guard case .dense(let embedder) = model.use else { throw model.hasNoVectors }
    try check(count: inputs.count)
    try wish.check(dimension: embedder.dimension)
    if options.long == .chunk, wish.truncates == nil {
      return try await chunkedVectors(of: inputs, wish, model, embedder)
    }
    var way = try self.way(wish, model)
    if wish.normalizes == false { way.aim = .beforeNormalize }
    let (rows, work, lane) = try await rows(of: inputs, wish, way, model)
    return (wish.finished(rows, isNormalized: lane.route.endsInNormalize), work)
  }

  /// A vector for each token of each text: of a dense model those before its pooling.
  func tokenVectors(
    of inputs: [Input], _ wish: Wish, _ model: ServedModel
  ) async throws -> ([Matrix], Work) {
    try check(count: inputs.count)
    var way = try self.way(wish, model)
    switch model.use {
    case .dense: way.aim = .tokens
    case .multi: way.aim = .results
    case .sparse, .reranker: throw model.hasNoVectors
    }
    let (lane, _) = try model.lane(way, of: engine)
    let set = try await texts(inputs, wish, model, lane)
    // Before it is made: the answer is bounded, too.
    guard set.work.tokens <= Self.mostTokenNumbers / max(1, lane.width) else {
      throw Problem(
        .tooLarge, status: 413,
        "\(set.work.tokens) tokens with \(lane.width) numbers each are too many for one answer, should be "
          + "at most \(Self.mostTokenNumbers / max(1, lane.width)); send fewer texts",
        parameter: "input")
    }
    var (made, work) = try await made(set.encodings, set.work, in: lane, of: model)
    work.rooms.append(
      try await answers.part(VectorAnswer.bytes(rows: work.tokens, columns: lane.width)))
    return (
      try made.enumerated().map { number, made in
        guard case .rows(let rows) = made else { throw notFinite(number, model) }
        return rows
      }, work
    )
  }

  /// The numbers of each text for a vocabulary, those that are not 0.
  func sparseVectors(
    of inputs: [Input], _ wish: Wish, _ model: ServedModel
  ) async throws -> ([SparseMatrix.Row], Work) {
    guard case .sparse = model.use else {
      throw Problem.wrongModel("the model \(model.id) gives no sparse vectors; \(model.advice)")
    }
    try check(count: inputs.count)
    let (lane, _) = try model.lane(way(wish, model), of: engine)
    let set = try await texts(inputs, wish, model, lane)
    var (made, work) = try await made(set.encodings, set.work, in: lane, of: model)
    let rows = try made.enumerated().map { number, made in
      guard case .sparse(let row) = made else { throw notFinite(number, model) }
      return row
    }
    // Each number is an object of its own.
    let numbers = rows.reduce(0) { $0 + $1.indices.count }
    work.rooms.append(try await answers.part(48 * numbers))
    return (rows, work)
  }

  /// A number for each label of each pair, before the activation.
  func logits(
    of pairs: [(query: [UInt8], document: [UInt8]?)], _ wish: Wish, _ model: ServedModel
  ) async throws -> (Matrix, Work) {
    guard case .reranker(let reranker) = model.use else {
      throw Problem.wrongModel("the model \(model.id) scores no pairs; \(model.advice)")
    }
    try check(count: pairs.count)
    var way = try self.way(wish, model)
    way.aim = .pairs
    let (lane, found) = try model.lane(way, of: engine)
    guard let pairRoute = found else { throw model.hasNoVectors }
    let set = try await TextSet(
      pairs, legible: model.legible, refusesLong: refusesLong(wish), limit: pairRoute.limit,
      bytes: { $0.query.count + ($0.document?.count ?? 0) },
      encode: { pair in
        guard let document = pair.document else { return try lane.route.encoding(of: pair.query) }
        return try pairRoute.encoding(of: pair.query, document).encoding
      })
    var (made, work) = try await made(set.encodings, set.work, in: lane, of: model)
    work.characters = pairs.reduce(0) {
      $0 + characters($1.query) + characters($1.document ?? [])
    }
    let rows = try made.enumerated().map { number, made in
      guard case .row(let row) = made else { throw notFinite(number, model) }
      return row
    }
    return (Matrix(columns: reranker.labels.count, Array(rows.joined())), work)
  }

  /// Encodes one text with each model, so that the first request finds all in memory.
  func warmUp() throws {
    for model in models {
      let isReranker = if case .reranker = model.use { true } else { false }
      var way = try self.way(Wish(), model)
      if isReranker { way.aim = .pairs }
      let (lane, pairs) = try model.lane(way, of: engine)
      let text = Array("warm".utf8)
      let encoding =
        try pairs?.encoding(of: text, text).encoding ?? lane.route.encoding(of: text)
      _ = try model.model.results(of: [encoding], by: lane.route)
    }
  }
}

// What the functions above share.
extension Service {
  // 256 MiB of float32.
  private static let mostTokenNumbers = 1 << 26

  private func check(count: Int) throws {
    guard count > options.mostTexts else { return }
    throw Problem(
      .tooLarge, status: 422,
      "the request has \(count) texts, should have at most \(options.mostTexts) (--max-texts); divide it",
      parameter: "input")
  }

  private func refusesLong(_ wish: Wish) -> Bool {
    wish.truncates.map { !$0 } ?? (options.long == .error)
  }

  /// The way that a request asks for, or else the server's options.
  func way(_ wish: Wish, _ model: ServedModel) throws -> Way {
    let cut = wish.isCutLeft.map { $0 ? TruncationDirection.left : .right }
    var way = Way(cut: cut == model.cut ? nil : cut)
    if let name = wish.promptName {
      do {
        _ = try model.model.prompts.text(named: name)
      } catch {
        throw Problem.invalid("\(error)", "prompt_name")
      }
      way.promptName = name
    } else if let prompt = wish.prompt {
      way.prompt = prompt
    } else {
      (way.promptName, way.prompt) = (options.promptName, options.prompt)
      way.isBare = options.hasNoPrompt
    }
    return way
  }

  func texts(
    _ inputs: [Input], _ wish: Wish, _ model: ServedModel, _ lane: Lane
  ) async throws -> TextSet {
    let route = try shortened(lane.route, wish)
    var set = try await TextSet(
      inputs, legible: model.legible, refusesLong: refusesLong(wish), limit: route.limit,
      bytes: { $0.bytes },
      encode: { try encoding(of: $0, route) })
    set.work.characters = inputs.reduce(0) {
      if case .text(let text) = $1 { $0 + characters(text) } else { $0 }
    }
    return set
  }

  /// The same route for fewer tokens, where a request asks for fewer: what it makes of them is the same.
  private func shortened(_ route: Route, _ wish: Wish) throws -> Route {
    guard let most = wish.mostTokens else { return route }
    do {
      return try route.limited(to: most)
    } catch {
      throw Problem.invalid("`max_tokens`: \(error)", "max_tokens")
    }
  }

  private func encoding(of input: Input, _ route: Route) throws -> Encoding {
    switch try asText(input) {
    case .text(let text): try route.encoding(of: text)
    case .ids(let ids): try encoding(ofFramed: ids, route)
    }
  }

  /// An input as it is read: ids of a table as the text that they stand for.
  func asText(_ input: Input) throws -> Input {
    guard case .ids(let ids) = input, options.tokenIDs != .model else { return input }
    guard let tokenTable else {
      throw Problem.invalid(
        "this server takes no arrays of integers (--token-ids refuse); send the text "
          + "(check_embedding_ctx_length=False in langchain)", "input")
    }
    return .text(try tokenTable.text(of: ids, most: options.mostBody))
  }

  /// The model's own tokens, which the special ones around them tell.
  func encoding(ofFramed ids: [Int32], _ route: Route) throws -> Encoding {
    guard let encoding = try route.encoding(ofFramed: ids) else { throw Self.foreignIDs }
    return encoding
  }

  // What langchain sends unless it is told otherwise: ids of a table of OpenAI's.
  private static let foreignIDs = Problem.invalid(
    "these token ids are not this model's own: those begin and end with its special tokens; send the text "
      + "(check_embedding_ctx_length=False in langchain)", "input")

  /// What a model makes of texts, and what that costs beside reading them.
  private func made(
    _ encodings: [Encoding], _ work: Work, in lane: Lane, of model: ServedModel
  ) async throws -> ([Made], Work) {
    let outcome = try await engine.made(of: encodings, in: lane)
    var work = work
    (work.model, work.queue, work.compute) = (model.id, outcome.queue, outcome.compute)
    return (outcome.made, work)
  }

  /// Vectors by the cache, or computed and kept there. Texts that are equal are computed once.
  private func rows(
    of inputs: [Input], _ wish: Wish, _ way: Way, _ model: ServedModel
  ) async throws -> (Matrix, Work, Lane) {
    let (lane, _) = try model.lane(way, of: engine)
    let set = try await texts(inputs, wish, model, lane)
    var (rows, work) = try await rows(of: set.encodings, set.work, lane, model)
    work.rooms.append(
      try await answers.part(VectorAnswer.bytes(rows: rows.count, columns: lane.width)))
    return (Matrix(columns: lane.width, Array(rows.joined())), work, lane)
  }

  /// - Parameter text: the number of the text that each encoding is of, where they are not the same
  func rows(
    of encodings: [Encoding], _ work: Work, _ lane: Lane, _ model: ServedModel,
    text: (Int) -> Int = { $0 }
  ) async throws -> ([[Float]], Work) {
    let keys = encodings.map { VectorCache.Key(lane: lane.id, ids: $0.ids) }
    var known: [VectorCache.Key: [Float]] = [:]
    var missing: [VectorCache.Key: Int] = [:]
    var order: [Int] = []
    for (number, key) in keys.enumerated() where known[key] == nil && missing[key] == nil {
      if let vector = engine.cache.vector(of: key) {
        known[key] = vector
      } else {
        missing[key] = order.count
        order.append(number)
      }
    }
    var (made, work) = try await made(order.map { encodings[$0] }, work, in: lane, of: model)
    work.cached = keys.count(where: { known[$0] != nil })
    for (number, made) in zip(order, made) {
      guard case .row(let row) = made else { throw notFinite(text(number), model) }
      known[keys[number]] = row
      engine.cache.keep(row, of: keys[number])
    }
    metrics.cache(hits: work.cached, misses: order.count)
    return (keys.map { known[$0] ?? [] }, work)
  }

  /// Tells the log which files to look at, and the client no more than which text it is.
  func notFinite(_ number: Int, _ model: ServedModel) -> Problem {
    log.tell(model.model.notFinite("text \(number) for the model \(model.id)"))
    return Problem(
      .inference, status: 500,
      "text \(number): its vector is not finite (a NaN or an infinity came out of the model); the "
        + "server's log names the files to look at")
  }

  /// Characters of a text: bytes that begin one.
  private func characters(_ text: [UInt8]) -> Int { text.count { $0 & 0xC0 != 0x80 } }
}
