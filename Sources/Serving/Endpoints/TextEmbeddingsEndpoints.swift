import Embeddings
import ModelFiles
import NIOHTTP1
import Vectors

/// What text-embeddings-inference's and Hugging Face's clients ask for.
enum TextEmbeddingsEndpoints {
  static func all(_ descriptions: ModelDescriptions) -> [Endpoint] {
    [
      post(
        "/embed", "A vector for each text", .named("EmbedRequest"),
        Endpoint.Answer.vectors(.list(of: .named("Vector"))), embed),
      post(
        "/embed_all", "A vector for each token of each text, before pooling",
        .named("TextsRequest"),
        [.ok(.list(of: .list(of: .list(of: .number))))], embedAll),
      post(
        "/embed_sparse", "The numbers of each text that are not 0", .named("TextsRequest"),
        [.ok(.list(of: .list(of: .named("SparseNumber"))))], embedSparse),
      post(
        "/similarity", "The cosine of each sentence and the source sentence",
        .named("SimilarityRequest"),
        [.ok(.list(of: .number))], similarity),
      post(
        "/predict", "Scores for the labels of each text or pair", .named("PredictRequest"),
        [.ok(.any([.named("Prediction"), .list(of: .named("Prediction"))]))], predict),
      post(
        "/", "What the model is for: /embed, /embed_sparse, /similarity, /predict or /rerank",
        .named("Task"), Endpoint.Answer.vectors(.anything), anyTask),
      post(
        "/invocations", "The same, for Amazon SageMaker", .named("Task"),
        Endpoint.Answer.vectors(.anything), anyTask),
      post(
        "/vertex", "The same for several bodies, for Google Vertex AI", .named("VertexRequest"),
        [.ok(.object(["predictions": .list(of: .anything)]))], vertex),
      Endpoint(
        method: "GET", path: "/info", dialect: .textEmbeddings,
        summary: "The first model, and the limits of the server",
        answers: [.ok(.named("Info"))]
      ) { _, service, _ in .json(try descriptions.info(service)) },
    ]
  }

  /// What is done with one request, or with one of the bodies in it.
  private typealias Reply =
    @Sendable (_ request: Request, _ service: Service, _ body: Body) async throws -> Response

  private static func post(
    _ path: String, _ summary: String, _ schema: Schema, _ answers: [Endpoint.Answer],
    _ reply: @escaping Reply
  ) -> Endpoint {
    Endpoint(
      method: "POST", path: path, dialect: .textEmbeddings, summary: summary, body: schema,
      answers: answers, respond: reply)
  }

  /// What a request for something of each text says: which texts, read how, by which model.
  private static func asked(
    _ service: Service, _ body: Body, for ability: Ability
  ) throws -> (inputs: [Input], wish: Wish, model: ServedModel) {
    let model = try service.model(named: body.string("model"), for: ability)
    let wish = try Wish(textEmbeddings: body)
    return (try body.texts("inputs", most: service.options.mostTexts), wish, model)
  }

  @Sendable private static func embed(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    var (inputs, wish, model) = try asked(service, body, for: .vectors)
    wish.normalizes = try body.bool("normalize")
    wish.dimensions = try body.integer("dimensions", from: 1)
    // Who asks here for base64 reads numbers all the same, as text-embeddings-inference sends them.
    let wanted = try VectorEncoding(body)
    let encoding = wanted == .base64 ? .float : wanted
    let vectors = VectorAnswer(
      try await service.vectors(of: inputs, wish, model), encoding)
    return try await vectors.response(request) { vectors in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(vectors.room)
      try await vectors.appendList(to: &bytes)
      return bytes
    }
  }

  @Sendable private static func embedAll(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    let (inputs, wish, model) = try asked(service, body, for: .tokenVectors)
    let (texts, work) = try await service.tokenVectors(of: inputs, wish, model)
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    try await bytes.appendParts(texts.count) { text, bytes in
      appendRows(of: texts[text], to: &bytes)
    }
    return .json(bytes + [UInt8(ascii: "]")], work: work)
  }

  /// Appends a list of the rows, each a list of numbers.
  static func appendRows(of matrix: Matrix, to bytes: inout [UInt8]) {
    for row in 0..<matrix.rows {
      bytes += (row == 0 ? "[[" : "],[").utf8
      matrix.withRow(row) { bytes.appendDecimals($0, notFinite: .null) }
    }
    bytes += (matrix.rows == 0 ? "[]" : "]]").utf8
  }

  @Sendable private static func embedSparse(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    let (inputs, wish, model) = try asked(service, body, for: .sparseVectors)
    let (rows, work) = try await service.sparseVectors(of: inputs, wish, model)
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    try await bytes.appendParts(rows.count) { row, bytes in
      bytes.append(UInt8(ascii: "["))
      for (place, (index, value)) in zip(rows[row].indices, rows[row].values).enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.appendJSON(["index": .int(Int(index)), "value": .float(value)])
      }
      bytes.append(UInt8(ascii: "]"))
    }
    return .json(bytes + [UInt8(ascii: "]")], work: work)
  }

  @Sendable private static func similarity(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    let model = try service.model(named: body.string("model"), for: .vectors)
    guard let inputs = try body.object("inputs") else {
      throw Body.missing("inputs", "an object with `source_sentence` and `sentences`")
    }
    guard let source = try inputs.text("source_sentence") else {
      throw Body.missing("inputs.source_sentence", "a string")
    }
    guard let list = inputs["sentences"] else {
      throw Body.missing("inputs.sentences", "a list of strings")
    }
    try Body.check(
      list, "inputs.sentences", most: service.options.mostTexts - 1, "sentences",
      " beside `source_sentence` (the server's --max-texts is \(service.options.mostTexts)); "
        + "send several requests")
    let wish = try body.object("parameters").map(Wish.init(textEmbeddings:)) ?? Wish()
    let texts = try [source] + list.elements.map(Body.text)
    let (matrix, work) = try await service.vectors(
      of: texts.map { .text($0) }, wish, model)
    let cosines = Similarity.cosine(matrix.picked([0]), matrix.picked(1..<matrix.rows))[0]
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    cosines.withUnsafeBufferPointer { bytes.appendDecimals($0, notFinite: .null) }
    return .json(bytes + [UInt8(ascii: "]")], work: work)
  }

  @Sendable private static func predict(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    try await RerankEndpoints.predict(request, service, body)
  }

  /// Hugging Face's clients post to the address as it was given to them: what they want shows in
  /// the members, and in what the model can do.
  @Sendable private static func anyTask(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    if body["query"] != nil { return try await RerankEndpoints.rank(request, service, body) }
    if body["inputs"]?.kind == .object { return try await similarity(request, service, body) }
    let model = try service.model(named: body.string("model"))
    return switch model.kind {
    case .dense, .multi: try await embed(request, service, body)
    case .sparse: try await embedSparse(request, service, body)
    case .rerank: try await predict(request, service, body)
    }
  }

  @Sendable private static func vertex(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    guard let instances = body["instances"] else {
      throw Body.missing("instances", "a list of objects")
    }
    try Body.check(instances, "instances", most: service.options.mostTexts, "instances")
    // Whatever the client accepts, the answers of the instances go into one document.
    let request = request.accepting(.json)
    var (bytes, work) = (Array(#"{"predictions":["#.utf8), Work())
    for (index, instance) in instances.elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      var response: Response
      do {
        response = try await Room.$isHeld.withValue(!work.rooms.isEmpty) {
          try await anyTask(request, service, Body(instance))
        }
      } catch let problem as Problem {
        throw problem.at("instance \(index): ")
      }
      response.work.cut = response.work.cut.map { $0 + work.texts }
      work = work + response.work
      try Body.check(
        work.texts, "instances", most: service.options.mostTexts, "texts in all")
      bytes += response.body
    }
    return .json(bytes + Array("]}".utf8), work: work)
  }
}

extension Request {
  /// The same from a client that wants this form.
  fileprivate func accepting(_ form: AnswerForm) -> Request {
    var headers = headers
    headers.replaceOrAdd(name: "accept", value: form.rawValue)
    return Request(
      method: method, path: path, query: query, headers: headers, body: body, id: id,
      arrived: arrived)
  }
}
