import Embeddings
import ModelFiles

/// Texts' tokens and tokens' texts, in the forms of text-embeddings-inference and llama.cpp.
enum TokenEndpoints {
  static var all: [Endpoint] {
    [
      Endpoint(
        method: "POST", path: "/tokenize", dialect: .textEmbeddings,
        summary: "The tokens of each text of `inputs`; of `content`, their ids alone",
        body: .named("TokenizeRequest"),
        answers: [.ok(.any([.list(of: .list(of: .named("Token"))), .named("TokenIDs")]))]
      ) { _, service, body in
        body["inputs"] == nil && body["content"] != nil
          ? try tokenIDs(service, body) : try await tokens(service, body)
      },
      Endpoint(
        method: "POST", path: "/decode", dialect: .textEmbeddings,
        summary: "The text of each list of tokens", body: .named("DecodeRequest"),
        answers: [.ok(.list(of: .string))]
      ) { _, service, body in try await decode(service, body) },
      Endpoint(
        method: "POST", path: "/detokenize", dialect: .llamaCpp,
        summary: "The text of a list of tokens", body: .named("DetokenizeRequest"),
        answers: [.ok(.object(["content": .string]))]
      ) { _, service, body in
        let model = try service.model(named: body.string("model"))
        guard let list = body["tokens"] else { throw Body.missing("tokens", "a list of token ids") }
        guard list.kind != .array || list.count > 0 else { return .json(["content": ""]) }
        let text = try service.text(of: Body.ids(list), skippingSpecials: false, model)
        return .json(["content": .utf8(wellFormed(text))])
      },
    ]
  }

  private static func tokens(_ service: Service, _ body: Body) async throws -> Response {
    let model = try service.model(named: body.string("model"))
    let hasSpecials = try body.bool("add_special_tokens") ?? true
    let prompt = try body.string("prompt_name")
    let texts = try body.strings("inputs", most: service.options.mostTexts)
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    var work = Work()
    try await bytes.appendParts(texts.count) { text, bytes in
      try check(texts[text])
      let pieces = try service.tokens(
        of: texts[text], withSpecials: hasSpecials, promptName: prompt, model)
      work.tokens += pieces.count
      bytes.append(UInt8(ascii: "["))
      for (place, piece) in pieces.enumerated() {
        if place > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes.appendJSON(token(piece))
      }
      bytes.append(UInt8(ascii: "]"))
    }
    (work.texts, work.model) = (texts.count, model.id)
    return .json(bytes + [UInt8(ascii: "]")], work: work)
  }

  private static func token(_ piece: TokenPiece) -> JSONValue {
    [
      "id": .int(Int(piece.id)), "text": .utf8(wellFormed(piece.text)),
      "special": .bool(piece.isSpecial), "start": .optional(piece.start) { .int($0) },
      "stop": .optional(piece.stop) { .int($0) },
    ]
  }

  /// llama.cpp's form.
  private static func tokenIDs(_ service: Service, _ body: Body) throws -> Response {
    let model = try service.model(named: body.string("model"))
    guard let text = try body.text("content") else { throw Body.missing("content", "a string") }
    try check(text)
    let pieces = try service.tokens(
      of: text, withSpecials: body.bool("add_special") ?? false, promptName: nil, model)
    let hasPieces = try body.bool("with_pieces") ?? false
    let tokens = pieces.map { piece -> JSONValue in
      let id = JSONValue.int(Int(piece.id))
      return hasPieces ? ["id": id, "piece": .utf8(wellFormed(piece.text))] : id
    }
    return .json(
      ["tokens": .array(tokens)], work: Work(texts: 1, tokens: tokens.count, model: model.id))
  }

  private static func decode(_ service: Service, _ body: Body) async throws -> Response {
    let model = try service.model(named: body.string("model"))
    let skipsSpecials = try body.bool("skip_special_tokens") ?? true
    guard let list = body["ids"] else {
      throw Body.missing("ids", "a list of token ids, or of such lists")
    }
    guard list[0]?.kind == .array else {
      let text = try service.text(of: Body.ids(list), skippingSpecials: skipsSpecials, model)
      return .json([.utf8(wellFormed(text))])
    }
    try Body.check(list, "ids", most: service.options.mostTexts)
    let texts = Array(list.elements)
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    try await bytes.appendParts(texts.count) { text, bytes in
      bytes.appendJSON(
        string: wellFormed(
          try service.text(of: Body.ids(texts[text]), skippingSpecials: skipsSpecials, model)))
    }
    return .json(bytes + [UInt8(ascii: "]")])
  }

  /// The most bytes of a text whose tokens are told: each takes a hundred bytes or more.
  static let mostBytes = 1 << 20

  private static func check(_ text: [UInt8]) throws {
    guard text.count > mostBytes else { return }
    throw Problem(
      .tooLarge, status: 413,
      "a text has \(text.count) bytes, should have at most \(mostBytes) to be told its tokens")
  }

  /// Bytes as UTF-8: where a token is a part of a character, U+FFFD stands for it.
  private static func wellFormed(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBytes(firstInvalidUTF8) == nil
      ? bytes : Array(String(decoding: bytes, as: UTF8.self).utf8)
  }
}

extension Endpoint {
  /// An endpoint that reads a JSON object.
  init(
    method: String, path: String, dialect: Dialect, summary: String, body: Schema,
    answers: [Answer],
    respond: @escaping @Sendable (Request, Service, Body) async throws -> Response
  ) {
    self.init(
      method: method, path: path, dialect: dialect, summary: summary, body: body, answers: answers,
      respond: { (request: Request, service: Service, _: String) in
        try await respond(request, service, Body(request))
      })
  }
}
