import ModelFiles
import Vectors

/// What Cohere's clients ask for vectors with; for scores see `RerankEndpoints`.
enum CohereEndpoints {
  private static let second = "/v2/embed"

  static var all: [Endpoint] {
    ["/v1/embed", second].map { path in
      Endpoint(
        method: "POST", path: path, dialect: .cohere,
        summary: "A vector for each text, in one type of numbers or several",
        body: .named("CohereEmbedRequest"),
        answers: Endpoint.Answer.vectors(.named("CohereVectors")), respond: embed)
    }
  }

  /// Who accepts bare rows gets those of the first type.
  @Sendable private static func embed(
    _ request: Request, _ service: Service, _ body: Body
  ) async throws -> Response {
    let model = try service.model(named: body.string("model"), for: .vectors)
    let types = try types(body)
    let wish = try Wish(cohere: body, model)
    let texts = try texts(body, most: service.options.mostTexts)
    var made = try await service.vectors(of: texts.map { .text($0) }, wish, model)
    // It repeats the texts.
    made.1.rooms.append(try await service.answers.part(2 * texts.reduce(0) { $0 + $1.count }))
    let vectors = VectorAnswer(made, types.first ?? .float)
    return try await vectors.response(request) { vectors in
      // The first version has an object of types only where a type was named.
      let isByType = request.path == second || !types.isEmpty
      var bytes = Array(#"{"id":"#.utf8)
      bytes.reserveCapacity(vectors.room)
      bytes.appendJSON(string: request.id)
      bytes += #","response_type":"embeddings_\#(isByType ? "by_type" : "floats")","texts":["#.utf8
      try await bytes.appendParts(texts.count) { $1.appendJSON(string: texts[$0]) }
      bytes += #"],"embeddings":"#.utf8
      if isByType {
        try await append(vectors, types.isEmpty ? [.float] : types, to: &bytes)
      } else {
        try await vectors.appendList(to: &bytes)
      }
      bytes += #","meta":"#.utf8
      bytes.appendJSON([
        "api_version": ["version": request.path == second ? "2" : "1"],
        "billed_units": ["input_tokens": .int(vectors.work.tokens)],
      ])
      return bytes + [UInt8(ascii: "}")]
    }
  }

  /// Appends the vectors once for each type, by its name.
  private static func append(
    _ vectors: VectorAnswer, _ types: [VectorEncoding], to bytes: inout [UInt8]
  ) async throws {
    for (place, type) in types.enumerated() {
      bytes += (place == 0 ? "{" : ",").utf8
      bytes.appendJSON(string: type.rawValue)
      bytes.append(UInt8(ascii: ":"))
      try await VectorAnswer((vectors.matrix, vectors.work), type).appendList(to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// The types that are asked for, each once: a list, or one alone as some clients send it.
  private static func types(_ body: Body) throws -> [VectorEncoding] {
    guard let value = body["embedding_types"] else { return [] }
    guard value.kind == .array else { return [try VectorEncoding(value)] }
    return try value.elements.map(VectorEncoding.init).reduce(into: []) { types, type in
      if !types.contains(type) { types.append(type) }
    }
  }

  /// The texts of `texts`, or of `inputs`: of one in several parts the lines below each other.
  private static func texts(_ body: Body, most: Int) throws -> [[UInt8]] {
    if let images = body["images"], images.kind != .array || images.count > 0 {
      throw Body.image(images)
    }
    guard let inputs = body["inputs"] else { return try body.strings("texts", most: most) }
    guard body["texts"] == nil else {
      throw Problem.invalid("`texts` and `inputs` both have texts; send one of them", "inputs")
    }
    try Body.check(inputs, "inputs", most: most)
    return try inputs.elements.map { input in
      guard let content = try Body(input)["content"] else {
        throw Body.mismatch(input, "an object with a list of parts as `content`")
      }
      try Body.check(content, "content", most: most)
      return try Array(content.elements.map(text).joined(separator: [UInt8(ascii: "\n")]))
    }
  }

  /// The text of a part of an input.
  private static func text(_ part: JSON) throws -> [UInt8] {
    let body = try Body(part)
    if let image = body["image_url"] { throw Body.image(image) }
    guard let text = try body.text("text") else {
      throw Body.mismatch(part, "an object with a string as `text`")
    }
    return text
  }
}
