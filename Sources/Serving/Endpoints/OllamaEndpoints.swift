import ModelFiles
import NIOCore
import Vectors

/// What ollama's clients ask for.
enum OllamaEndpoints {
  static func all(_ descriptions: ModelDescriptions) -> [Endpoint] {
    [
      Endpoint(
        method: "POST", path: "/api/embed", dialect: .ollama, summary: "A vector for each text",
        body: .named("OllamaEmbedRequest"),
        answers: Endpoint.Answer.vectors(.named("OllamaVectors")),
        respond: embed),
      Endpoint(
        method: "POST", path: "/api/embeddings", dialect: .ollama,
        summary: "The vector of one text, as the model gives it",
        body: .named("OllamaPromptRequest"),
        answers: Endpoint.Answer.vectors(.object(["embedding": .named("Vector")])),
        respond: embeddings),
      get("/api/version", "The version of the server", .object(["version": .string])) { service in
        ["version": .string(service.options.version)]
      },
      get("/api/tags", "The models that are served", .object(["models": .named("OllamaModels")])) {
        service in
        ["models": .array(try service.models.map { try descriptions[$0].tag })]
      },
      get("/api/ps", "The same: all are in memory", .object(["models": .named("OllamaModels")])) {
        service in
        ["models": .array(try service.models.map { try descriptions[$0].process })]
      },
      Endpoint(
        method: "POST", path: "/api/show", dialect: .ollama, summary: "What a model is",
        body: .named("OllamaShowRequest"), answers: [.ok(.named("OllamaModelDetails"))]
      ) { _, service, body in
        let name = try body.string("model") ?? body.string("name")
        return .json(try descriptions[service.model(named: name)].details)
      },
      Endpoint(
        method: "POST", path: "/api/pull", dialect: .ollama,
        summary: "Whether a model is served; none is fetched",
        body: .named("OllamaShowRequest"), answers: [.ok(.object(["status": .string]))]
      ) { _, service, body in
        // Clients ask for it to be sure that a model is there.
        guard let name = try body.string("model") ?? body.string("name") else {
          throw Body.missing("model", "the name of a model that is served")
        }
        _ = try service.model(named: name)
        return .json(["status": "success"])
      },
    ]
  }

  private static func get(
    _ path: String, _ summary: String, _ schema: Schema,
    _ make: @escaping @Sendable (Service) throws -> JSONValue
  ) -> Endpoint {
    Endpoint(
      method: "GET", path: path, dialect: .ollama, summary: summary, answers: [.ok(schema)]
    ) { _, service, _ in .json(try make(service)) }
  }

  @Sendable private static func embed(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    let name = try body.string("model")
    let model = try service.model(named: name, for: .vectors)
    var wish = Wish()
    wish.truncates = try body.bool("truncate")
    wish.dimensions = try body.integer("dimensions", from: 1)
    // No texts: that is how clients have a model loaded.
    let value = body["input"]
    let isNothing = value.map { $0.isString("") || $0.kind == .array && $0.count == 0 } ?? true
    guard !isNothing else {
      return .json(
        Array(#"{"model":"#.utf8) + JSONValue.string(name ?? model.id).bytes
          + Array(#","embeddings":[]"#.utf8) + end(of: request, Work()))
    }
    let inputs = try body.texts("input", most: service.options.mostTexts)
    let vectors = VectorAnswer(try await service.vectors(of: inputs, wish, model))
    return try await vectors.response(request) { vectors in
      var bytes = Array(#"{"model":"#.utf8)
      bytes.reserveCapacity(vectors.room)
      bytes.appendJSON(string: name ?? model.id)
      bytes += #","embeddings":"#.utf8
      try await vectors.appendList(to: &bytes)
      return bytes + end(of: request, vectors.work)
    }
  }

  /// What comes behind the vectors.
  private static func end(of request: Request, _ work: Work) -> [UInt8] {
    let duration = (NIODeadline.now() - request.arrived).nanoseconds
    return Array(
      #","total_duration":\#(duration),"load_duration":0,"prompt_eval_count":\#(work.tokens)}"#
        .utf8
    )
  }

  @Sendable private static func embeddings(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    let model = try service.model(named: body.string("model"), for: .vectors)
    let prompt = try body.text("prompt") ?? []
    guard !prompt.isEmpty else { return .json(["embedding": .array([])]) }
    let vectors = VectorAnswer(try await service.vectors(of: [.text(prompt)], Wish(), model))
    return try await vectors.response(request) { vectors in
      var bytes = Array(#"{"embedding":"#.utf8)
      vectors.append(0, to: &bytes)
      return bytes + [UInt8(ascii: "}")]
    }
  }
}
