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
          ? try await tokenIDs(service, body) : try await tokens(service, body)
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
        let text = try service.text(of: ids(list), skippingSpecials: false, model)
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
    work.rooms = [
      try await room(forTokensOf: texts.reduce(0) { $0 + $1.count }, in: texts.count, service)
    ]
    try await bytes.appendParts(texts.count, reading: texts.map(\.count)) { text, bytes in
      try check(texts[text])
      work.characters += texts[text].count { $0 & 0xC0 != 0x80 }
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
  private static func tokenIDs(_ service: Service, _ body: Body) async throws -> Response {
    let model = try service.model(named: body.string("model"))
    guard let text = try body.text("content") else { throw Body.missing("content", "a string") }
    try check(text)
    var work = Work(texts: 1, model: model.id)
    work.rooms = [try await room(forTokensOf: text.count, service)]
    let pieces = try service.tokens(
      of: text, withSpecials: body.bool("add_special") ?? false, promptName: nil, model)
    work.tokens = pieces.count
    let hasPieces = try body.bool("with_pieces") ?? false
    var bytes = Array(#"{"tokens":["#.utf8)
    try await bytes.appendParts(pieces.count) { number, bytes in
      let piece = pieces[number]
      let id = JSONValue.int(Int(piece.id))
      bytes.appendJSON(hasPieces ? ["id": id, "piece": .utf8(wellFormed(piece.text))] : id)
    }
    return .json(bytes + Array("]}".utf8), work: work)
  }

  /// Room for what is told of the tokens of so many bytes, and of those around each text.
  private static func room(
    forTokensOf bytes: Int, in texts: Int = 1, _ service: Service
  ) async throws -> Room.Part {
    try await service.answers.part(min(bytesOfToken * (bytes / 2 + 2 * texts), mostAnswer))
  }

  private static func decode(_ service: Service, _ body: Body) async throws -> Response {
    let model = try service.model(named: body.string("model"))
    let skipsSpecials = try body.bool("skip_special_tokens") ?? true
    guard let list = body["ids"] else {
      throw Body.missing("ids", "a list of token ids, or of such lists")
    }
    guard list[0]?.kind == .array else {
      let ids = try ids(list)
      let text = try service.text(of: ids, skippingSpecials: skipsSpecials, model)
      return .json(
        [.utf8(wellFormed(text))], work: Work(texts: 1, tokens: ids.count, model: model.id))
    }
    try Body.check(list, "ids", most: service.options.mostTexts, "lists")
    let lists = Array(list.elements)
    var bytes: [UInt8] = [UInt8(ascii: "[")]
    var work = Work(texts: lists.count, model: model.id)
    // An id takes about as long as eight bytes of an answer.
    try await bytes.appendParts(lists.count, reading: lists.map { 8 * $0.count }) { list, bytes in
      let ids = try ids(lists[list])
      work.tokens += ids.count
      bytes.appendJSON(
        string: wellFormed(
          try service.text(of: ids, skippingSpecials: skipsSpecials, model)))
    }
    return .json(bytes + [UInt8(ascii: "]")], work: work)
  }

  private static func ids(_ list: JSON) throws -> [Int32] {
    guard list.kind != .array || list.count <= mostIDs else {
      throw Problem(
        .tooLarge, status: 413,
        "a text has \(list.count) token ids, should have at most \(mostIDs) to be decoded at once",
        parameter: "ids")
    }
    return try Body.ids(list)
  }

  /// The most ids of a text: for about a second nobody could call it off.
  private static let mostIDs = 1 << 20

  // An answer has one for about every two bytes of its texts.
  private static let bytesOfToken = 80
  private static let mostAnswer = 256 << 20

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
