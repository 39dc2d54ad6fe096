import Embeddings
import ModelFiles
import Vectors

/// Scores of documents for a query, in the forms of text-embeddings-inference, Cohere and Jina; and
/// of texts and pairs for labels.
enum RerankEndpoints {
  static var all: [Endpoint] {
    let paths: [(path: String, dialect: Dialect)] = [
      ("/rerank", .textEmbeddings), ("/reranking", .textEmbeddings), ("/v1/rerank", .openAI),
      ("/v1/reranking", .openAI), ("/v2/rerank", .cohere),
    ]
    return paths.map { path, dialect in
      Endpoint(
        method: "POST", path: path, dialect: dialect,
        summary: "How well each document answers the query, best first",
        body: .named("RerankRequest"),
        answers: [.ok(.any([.list(of: .named("Rank")), .named("Ranking")]))]
      ) { request, service, body in try await rank(request, service, body) }
    }
  }

  /// Whose answer is made: `texts` are text-embeddings-inference's word, `documents` the others'.
  static func rank(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    let name = try body.string("model")
    let model = try service.model(named: name, for: .ranking)
    guard case .reranker(let reranker) = model.use else {
      throw Problem.wrongModel("the model \(model.id) scores no documents; \(model.advice)")
    }
    guard reranker.labels.count == 1 else {
      throw Problem.wrongModel(
        "the model \(model.id) has \(reranker.labels.count) labels, and documents are ranked by one; "
          + model.advice)
    }
    guard let query = try body.text("query") else { throw Body.missing("query", "a string") }
    let asked = RankRequest(
      query: query, top: try body.integer("top_n", from: 1),
      wish: try Wish(textEmbeddings: body), model: model, reranker: reranker)
    if body["texts"] != nil { return try await asked.texts(service, body) }
    return try await asked.documents(request, service, body, modelName: name ?? model.id)
  }

  /// The scores of each text, or pair of texts, for all labels.
  static func predict(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    let model = try service.model(named: body.string("model"), for: .labels)
    guard case .reranker(let reranker) = model.use else {
      throw Problem.wrongModel("the model \(model.id) has no labels; \(model.advice)")
    }
    let isRaw = try body.bool("raw_scores") ?? false
    let wish = try Wish(textEmbeddings: body)
    let (pairs, isList) = try pairs(body, most: service.options.mostTexts)
    let (logits, work) = try await service.logits(of: pairs, wish, model)
    // What the clients of text-embeddings-inference rely on, whatever the model's files say.
    let activation: ScoreActivation =
      isRaw ? .identity : reranker.labels.count == 1 ? .sigmoid : .softmax
    var bytes: [UInt8] = isList ? [UInt8(ascii: "[")] : []
    try await bytes.appendParts(logits.rows) { row, bytes in
      let scores = activation(logits[row])
      let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
      bytes.appendJSON(
        .array(
          order.map { ["score": .float(scores[$0]), "label": .string(reranker.labels[$0])] }))
    }
    return .json(isList ? bytes + [UInt8(ascii: "]")] : bytes, work: work)
  }

  /// A string, a pair of strings, or a list of lists of one or two.
  private static func pairs(
    _ body: Body, most: Int
  ) throws -> (pairs: [(query: [UInt8], document: [UInt8]?)], isList: Bool) {
    let expected = "a string, two strings, or a list of lists of one or two strings"
    guard let inputs = body["inputs"] else { throw Body.missing("inputs", expected) }
    if inputs.kind == .string { return ([(try Body.text(inputs), nil)], false) }
    try Body.check(inputs, "inputs", most: most)
    guard inputs[0]?.kind == .array else { return ([try pair(inputs, expected)], false) }
    return (try inputs.elements.map { try pair($0, expected) }, true)
  }

  private static func pair(
    _ list: JSON, _ expected: String
  ) throws -> (query: [UInt8], document: [UInt8]?) {
    guard list.kind == .array, 1...2 ~= list.count else { throw Body.mismatch(list, expected) }
    let texts = try list.elements.map(Body.text)
    return (texts[0], texts.count == 2 ? texts[1] : nil)
  }
}

/// What is asked about a query, whoever asks.
private struct RankRequest {
  let query: [UInt8]
  /// How many of the best are wanted; more than there are is all.
  let top: Int?
  let wish: Wish
  let model: ServedModel
  let reranker: Reranker

  private static let mostQueryBytes = 64 << 20
  private static let mostFields = 64

  /// text-embeddings-inference's form, of which the sigmoid of the logit is a part.
  func texts(_ service: Service, _ body: Body) async throws -> Response {
    guard let list = body["texts"] else { throw Body.missing("texts", "a list of strings") }
    try Body.check(list, "texts", most: service.options.mostTexts)
    let texts = try list.elements.map(Body.text)
    let isRaw = try body.bool("raw_scores") ?? false
    let hasTexts = try body.bool("return_text") ?? false
    var (best, work) = try await ranked(texts, isRaw ? .identity : .sigmoid, service)
    work.rooms.append(try await service.answers.part(bytes(of: hasTexts ? texts : [], best)))
    return .json(
      .array(
        best.map { index, score in
          .object(
            [("index", .int(index)), ("score", .float(score))]
              + (hasTexts ? [("text", .utf8(texts[index]))] : []))
        }), work: work)
  }

  /// Cohere's and Jina's forms, which have no member in common that differs. The score is that of
  /// `embed rerank`: by the model's own activation.
  func documents(
    _ request: Request, _ service: Service, _ body: Body, modelName: String
  ) async throws -> Response {
    let documents = try await documents(service, body)
    // Cohere's second version has no documents in its answers.
    let hasTexts = try body.bool("return_documents") ?? false && request.path != "/v2/rerank"
    let isRaw = try body.bool("raw_scores") ?? false
    var (best, work) = try await ranked(
      documents, isRaw ? .identity : reranker.activation, service)
    work.rooms.append(
      try await service.answers.part(bytes(of: hasTexts ? documents : [], best)))
    let results = best.map { index, score -> JSONValue in
      .object(
        [("index", .int(index)), ("relevance_score", .float(score))]
          + (hasTexts ? [("document", ["text": .utf8(documents[index])])] : []))
    }
    return .json(
      [
        "id": .string(request.id), "model": .string(modelName),
        "results": .array(results), "usage": OpenAIEndpoints.usage(work),
        "meta": [
          "api_version": ["version": request.path == "/v2/rerank" ? "2" : "1"],
          "billed_units": ["search_units": 1],
        ],
      ], work: work)
  }

  /// Bytes that an answer takes, about, with what it is made of.
  private func bytes(of texts: [[UInt8]], _ best: [(Int, Float)]) -> Int {
    256 * best.count + (texts.isEmpty ? 0 : 2 * best.reduce(0) { $0 + texts[$1.0].count })
  }

  /// The documents by their scores; equal ones in their order.
  private func ranked(
    _ documents: [[UInt8]], _ activation: ScoreActivation, _ service: Service
  ) async throws -> (best: [(Int, Float)], work: Work) {
    // The query is read again with each of them.
    guard query.count <= Self.mostQueryBytes / documents.count else {
      throw Problem(
        .tooLarge, status: 413,
        "`query` has \(query.count) bytes, should have at most \(Self.mostQueryBytes / documents.count) "
          + "with \(documents.count) documents; shorten it", parameter: "query")
    }
    let (logits, work) = try await service.logits(
      of: documents.map { (query: query, document: $0) }, wish, model)
    let scores = (0..<logits.rows).map { activation(logits[$0])[0] }
    let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
    return (order.prefix(top ?? order.count).map { ($0, scores[$0]) }, work)
  }

  /// Strings, or objects with a text; of several `rank_fields` the lines below each other.
  private func documents(_ service: Service, _ body: Body) async throws -> [[UInt8]] {
    guard let list = body["documents"] else {
      throw Body.missing(
        "documents", "a list of strings, as in Cohere's and Jina's requests (or `texts`)")
    }
    try Body.check(list, "documents", most: service.options.mostTexts)
    let fields = try body["rank_fields"].map { try Self.names($0) } ?? ["text"]
    let most = try body.integer("max_tokens_per_doc", from: 1)
    let texts = try list.elements.map { element in
      try element.kind == .object ? Self.text(element, fields) : Body.text(element)
    }
    guard let most, most < model.limit ?? Int.max else { return texts }
    return try await service.beginnings(of: texts, tokens: most, model)
  }

  private static func names(_ list: JSON) throws -> [String] {
    try Body.check(list, "rank_fields", most: mostFields, "names", "; name fewer")
    return try list.elements.map(Body.string)
  }

  private static func text(_ document: JSON, _ fields: [String]) throws -> [UInt8] {
    let texts = try fields.compactMap { field in
      try document[field].flatMap { $0.isNull ? nil : try Body.text($0) }
    }
    guard !texts.isEmpty else {
      throw Body.mismatch(document, "a string, or an object with " + fields.joined(separator: ", "))
    }
    return Array(texts.joined(separator: [UInt8(ascii: "\n")]))
  }
}
