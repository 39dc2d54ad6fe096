import ModelFiles
import Vectors

/// What OpenAI's clients ask for.
enum OpenAIEndpoints {
  static func all(_ descriptions: ModelDescriptions) -> [Endpoint] {
    vectors + deployments + models(descriptions)
  }

  private static let vectors = ["/v1/embeddings", "/embeddings"].map { path in
    Endpoint(
      method: "POST", path: path, dialect: .openAI, summary: "A vector for each text",
      body: .named("EmbeddingsRequest"),
      answers: Endpoint.Answer.vectors(.named("EmbeddingList")),
      respond: embeddings)
  }

  /// Azure's clients name the model in the path, whatever else they say.
  private static let deployments = ["/openai", "/v1"].map { start in
    Endpoint(
      method: "POST", path: start + "/deployments/{name}/embeddings", dialect: .openAI,
      summary: "The same of the model that the path names, for Azure's clients",
      body: .named("EmbeddingsRequest"),
      answers: Endpoint.Answer.vectors(.named("EmbeddingList"))
    ) { (request: Request, service: Service, rest: String) in
      let body = try await Body(request, within: service.bodies)
      return try await embeddings(request, service, body, of: decodingPercents(rest))
    }
  }

  private static func models(_ descriptions: ModelDescriptions) -> [Endpoint] {
    [
      Endpoint(
        method: "GET", path: "/v1/models", dialect: .openAI, summary: "The models that are served",
        answers: [.ok(.named("ModelList"))]
      ) { _, service, _ in
        let models = try service.models.map { try descriptions[$0].model(id: $0.id) }
        return .json(["object": "list", "data": .array(models)])
      },
      Endpoint(
        method: "GET", path: "/v1/models/{id}", dialect: .openAI, summary: "One model",
        answers: [.ok(.named("Model"))]
      ) { _, service, rest in
        let name = decodingPercents(rest)
        return .json(try descriptions[service.model(named: name)].model(id: name))
      },
    ]
  }

  @Sendable private static func embeddings(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    // llama.cpp once had this path to itself.
    if request.path == "/embeddings", body["input"] == nil, body["content"] != nil {
      return try await LlamaCppEndpoints.embedding(request, service, body)
    }
    return try await embeddings(request, service, body, of: body.string("model"))
  }

  private static func embeddings(
    _ request: Request, _ service: Service, _ body: Body, of name: String?
  ) async throws -> Response {
    let model = try service.model(named: name, for: .vectors)
    _ = try body.string("user")
    // The others are Jina's words.
    let encoding = try VectorEncoding(body, ["encoding_format", "embedding_type", "encoding_type"])
    let wish = try Wish(openAI: body, model)
    let inputs = try body.texts(
      body["input"] == nil && body["content"] != nil ? "content" : "input",
      most: service.options.mostTexts, .inObjects)
    let vectors = VectorAnswer(
      try await service.vectors(of: inputs, wish, model), encoding)
    return try await vectors.response(request) { try await list($0, name ?? model.id) }
  }

  /// The vectors as OpenAI sends them.
  private static func list(_ vectors: VectorAnswer, _ model: String) async throws -> [UInt8] {
    var bytes = Array(#"{"object":"list","data":["#.utf8)
    bytes.reserveCapacity(vectors.room)
    try await bytes.appendParts(vectors.matrix.rows) { row, bytes in
      bytes += #"{"object":"embedding","index":\#(row),"embedding":"#.utf8
      vectors.append(row, to: &bytes)
      bytes.append(UInt8(ascii: "}"))
    }
    bytes += #"],"model":"#.utf8
    bytes.appendJSON(string: model)
    bytes += #","usage":"#.utf8
    bytes.appendJSON(usage(vectors.work))
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  /// Tokens as the model reads them: special ones among them, and none that was cut.
  static func usage(_ work: Work) -> JSONValue {
    ["prompt_tokens": .int(work.tokens), "total_tokens": .int(work.tokens)]
  }

  /// A part of a path with its escapes undone; as it is where they are none.
  private static func decodingPercents(_ text: String) -> String {
    var bytes: [UInt8] = []
    var rest = Substring(text).utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
