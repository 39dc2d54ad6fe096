import Embeddings
import Foundation
import ModelFiles
import TestSupport
import Testing
import Vectors

@testable import Serving

@Suite struct CohereEndpointsTests {
  private let running: RunningService
  private let texts = ["A cat sleeps.", "", "日本語"]
  private let vectors: Matrix

  init() throws {
    running = try RunningService()
    vectors = try Embedder(folder: Fixture.tinyBERT, options: .init(threads: 1)).embed(texts)
  }

  private var list: String {
    String(decoding: JSONValue.array(texts.map { .string($0) }).bytes, as: UTF8.self)
  }

  private func embeddings(_ members: String) async throws -> JSON {
    let (status, json) = try await running.post("/v2/embed", "{\(members)}")
    #expect(status == 200, "\(members)")
    return try json.object("embeddings")
  }

  /// A text's vector as the library has it, with a prompt before it.
  private func vector(_ text: String, _ prompt: String = "") throws -> [Float] {
    try Embedder(folder: Fixture.tinyBERT, options: .init(threads: 1)).embed([prompt + text])[0]
  }

  @Test(arguments: [
    ("/v2/embed", "", true), ("/v2/embed", #","embedding_types":null"#, true),
    ("/v2/embed", #","embedding_types":[]"#, true), ("/v1/embed", "", false),
    ("/v1/embed", #","embedding_types":["float"]"#, true),
    ("/v2/embed", #","embedding_types":"float""#, true),
  ])
  func vectorsAreTheLibrarys(path: String, members: String, isByType: Bool) async throws {
    let (status, json) = try await running.post(
      path, #"{"model":"bert-tiny","texts":\#(list),"priority":1\#(members)}"#)
    #expect(status == 200)
    #expect(try json.string("id") == "test")
    #expect(
      try json.string("response_type") == (isByType ? "embeddings_by_type" : "embeddings_floats"))
    #expect(try json.array("texts").elements.map { try $0.string() } == texts)
    let rows =
      isByType ? try json.object("embeddings").array("float") : try json.array("embeddings")
    #expect(try rows.elements.map { try $0.numbers } == (0..<vectors.rows).map { vectors[$0] })
    let meta = try json.object("meta")
    let version = try meta.object("api_version").string("version")
    #expect(version == (path == "/v2/embed" ? "2" : "1"))
    #expect(try meta.object("billed_units").int("input_tokens") > texts.count * 2)
  }

  @Test func eachTypeIsThereOnce() async throws {
    let types = try await embeddings(
      #""texts":\#(list),"embedding_types":["ubinary","float","BINARY","base64","float"]"#)
    #expect(types.keys == ["ubinary", "float", "binary", "base64"])
    for quantization in [Quantization.binary, .ubinary] {
      let bytes = try types.array("\(quantization)").elements.flatMap {
        try $0.array().elements.map { UInt8(truncatingIfNeeded: try $0.int()) }
      }
      #expect(bytes == quantization(vectors))
    }
    for (row, element) in try types.array("base64").elements.enumerated() {
      let data = try #require(Data(base64Encoded: element.string()))
      #expect(data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } == vectors[row])
    }
  }

  @Test func bareRowsAreOfTheFirstType() async throws {
    let body = #"{"texts":\#(list),"embedding_types":["ubinary","float"]}"#
    let answer = try await running.answer(
      "POST", "/v1/embed", Array(body.utf8), headers: [("accept", "application/octet-stream")])
    #expect(answer.body == Quantization.ubinary(vectors))
  }

  @Test(arguments: [
    ("search_query", "find: "), ("search_document", ""), ("classification", ""),
    ("clustering", ""),
  ])
  func anInputTypeHasItsPrompt(type: String, prompt: String) async throws {
    let rows = try await embeddings(#""texts":["cats"],"input_type":"\#(type)""#).array("float")
    #expect(try rows[0]?.numbers == vector("cats", prompt))
  }

  @Test func partsOfAnInputAreLinesOfOneText() async throws {
    let rows = try await embeddings(
      #""inputs":[{"content":[{"type":"text","text":"a cat"},{"type":"text","text":"dogs"}]}]"#)
    #expect(try rows.array("float")[0]?.numbers == vector("a cat\ndogs"))
  }

  @Test func longTextsLoseAnEndOrAreRefused() async throws {
    let long = "cat " + String(repeating: "dog ", count: 100) + "mat"
    func first(_ members: String) async throws -> [Float] {
      let rows = try await embeddings(#""texts":["\#(long)"],\#(members)"#).array("float")
      return try #require(rows[0]).numbers
    }
    let end = try await first(#""truncate":"END""#)
    #expect(try end == vector(long))
    #expect(try await first(#""truncate":null"#) == end)
    #expect(try await first(#""truncate":"START""#) != end)
    let (status, json) = try await running.post(
      "/v1/embed", #"{"texts":["a","\#(long)"],"truncate":"NONE"}"#)
    #expect(status == 400)
    #expect(try json.string("message").contains("text 1"))
    // Neither is for this server's options to say.
    var options = ServeOptions()
    for one in ServeOptions.LongTexts.allCases {
      options.long = one
      let other = try RunningService(Fixture.tinyBERT, options)
      let answer = try await other.answer(
        "POST", "/v2/embed", Array(#"{"texts":["\#(long)"]}"#.utf8))
      let rows = try JSON(answer.body, name: "answer").object("embeddings").array("float")
      #expect(try rows[0]?.numbers == end)
      #expect(answer.work.cut == [0])
    }
  }

  @Test func fewerTokensMayBeRead() async throws {
    func answer(_ members: String) async throws -> Response {
      try await running.answer(
        "POST", "/v2/embed", Array(#"{"texts":["a cat on a mat"],\#(members)}"#.utf8))
    }
    func numbers(_ response: Response) throws -> [Float] {
      let json = try JSON(response.body, name: "answer")
      return try #require(try json.object("embeddings").array("float")[0]).numbers
    }
    // Two of its own, and two special ones.
    let short = try await answer(#""max_tokens":4"#)
    #expect(try numbers(short) == vector("a cat"))
    #expect(short.work.cut == [0] && short.work.tokens == 4)
    #expect(
      try await numbers(answer(#""max_tokens":4,"truncate":"START""#)) == vector("a mat"))
    #expect(try await answer(#""max_tokens":4,"truncate":"NONE""#).status == 400)
    #expect(try await answer(#""max_tokens":4000"#).work.cut.isEmpty)
    #expect(try await answer(#""max_tokens":2"#).status == 400)
  }

  @Test func fewerNumbersGetLengthOne() async throws {
    let rows = try await embeddings(#""texts":["a"],"output_dimension":4"#).array("float")
    let vector = try #require(rows[0]).numbers
    #expect(vector.count == 4)
    expectClose([vector.reduce(0) { $0 + $1 * $1 }], [1], tolerance: 1e-6)
  }

  @Test(arguments: [
    ("", "texts"), (#""texts":[]"#, "texts"), (#""texts":[7]"#, "texts[0]"),
    (#""texts":["a"],"inputs":[{"content":[]}]"#, "inputs"),
    (#""inputs":[]"#, "inputs"), (#""inputs":["a"]"#, "inputs[0]"), (#""inputs":[{}]"#, "content"),
    (#""inputs":[{"content":"a"}]"#, "content"),
    (#""inputs":[{"content":[{"type":"text"}]}]"#, "inputs[0].content[0]"),
    (#""inputs":[{"content":[{"type":"image_url","image_url":{"url":"x"}}]}]"#, "no images"),
    (#""images":["data:image/png;base64,aGk="],"texts":["a"]"#, "no images"),
    (#""texts":["a"],"embedding_types":["int8"]"#, "float, base64, binary, ubinary"),
    (#""texts":["a"],"embedding_types":["md5"]"#, #""float", "base64", "binary", "ubinary""#),
    (#""texts":["a"],"embedding_types":[7]"#, "embedding_types[0]"),
    (#""texts":["a"],"truncate":"LEFT""#, "truncate"),
    (#""texts":["a"],"input_type":"image""#, "search_query"),
    (#""texts":["a"],"output_dimension":9999"#, "dimensions"),
    (#""texts":["a"],"max_tokens":0"#, "max_tokens"),
    (#""texts":["a"],"max_tokens":1"#, "max_tokens"), (#""texts":["a"],"model":"x""#, "`x`"),
  ])
  func whatCannotBeIsNamed(members: String, words: String) async throws {
    for path in ["/v1/embed", "/v2/embed"] {
      let (status, json) = try await running.post(path, "{\(members)}")
      #expect([400, 404].contains(status))
      let message = try json.string("message")
      #expect(message.contains(words), "\(message)")
    }
  }
}
