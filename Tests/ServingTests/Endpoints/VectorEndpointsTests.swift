import Embeddings
import Foundation
import ModelFiles
import TestSupport
import Testing
import Vectors

@testable import Serving

/// Every dialect gives the very numbers of the library.
@Suite struct VectorEndpointsTests {
  private let running: RunningService
  private let texts = ["A cat sleeps.", "", "How do I boil an egg?", "日本語"]
  private let expected: [[Float]]

  init() throws {
    running = try RunningService()
    let vectors = try Embedder(folder: Fixture.tinyBERT, options: .init(threads: 1)).embed(texts)
    expected = (0..<vectors.rows).map { vectors[$0] }
  }

  private var list: String {
    String(decoding: JSONValue.array(texts.map { .string($0) }).bytes, as: UTF8.self)
  }

  @Test func openAI() async throws {
    let (status, json) = try await running.post(
      "/v1/embeddings", #"{"input":\#(list),"model":"bert-tiny","user":"u"}"#)
    #expect(status == 200)
    let data = Array(try json.array("data").elements)
    #expect(try data.map { try $0.floats("embedding") } == expected)
    #expect(try data.map { try $0.int("index") } == [0, 1, 2, 3])
    #expect(try json.string("model") == "bert-tiny")
    let usage = try json.object("usage")
    #expect(try usage.int("prompt_tokens") == usage.int("total_tokens"))
    #expect(try usage.int("prompt_tokens") > 8)
  }

  @Test(arguments: [
    "/openai/deployments/bert-tiny/embeddings", "/v1/deployments/org%2Fbert-tiny/embeddings",
  ])
  func azure(path: String) async throws {
    let (status, json) = try await running.post(
      path + "?api-version=2024-10-21", #"{"input":\#(list),"model":"text-embedding-ada-002"}"#)
    #expect(status == 200)
    #expect(
      try json.array("data").elements.map { try $0.array("embedding").numbers } == expected)
    let (missing, error) = try await running.post(
      path.replacing("bert-tiny", with: "none"), #"{"input":"a"}"#)
    #expect(missing == 404)
    #expect(try error.object("error").string("code") == "model_not_found")
  }

  @Test func base64() async throws {
    let (_, json) = try await running.post(
      "/embeddings", #"{"input":\#(list),"encoding_format":"BASE64"}"#)
    for (row, element) in try json.array("data").elements.enumerated() {
      let data = try #require(Data(base64Encoded: element.string("embedding")))
      #expect(data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) } == expected[row])
    }
  }

  @Test(arguments: ["/v1/embeddings", "/embed", "/", "/api/embed", "/embedding"])
  func rowsOfBytes(path: String) async throws {
    let body = #"{"input":\#(list),"inputs":\#(list),"content":\#(list)}"#
    let raw = try await running.answer(
      "POST", path, Array(body.utf8), headers: [("Accept", "application/octet-stream")])
    #expect(raw.status == 200)
    let bytes = expected.joined().flatMap { withUnsafeBytes(of: $0) { Array($0) } }
    #expect(raw.body == bytes)
    #expect(raw.headers.contains { $0 == ("x-embed-dimensions", "\(expected[0].count)") })
    let file = try await running.answer(
      "POST", path, Array(body.utf8), headers: [("Accept", "application/x-npy")])
    #expect(Array(file.body.suffix(bytes.count)) == bytes)
    #expect((file.body.count - bytes.count) % 64 == 0)
    #expect(file.body.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]))
    let head = String(decoding: file.body.prefix(128), as: UTF8.self)
    #expect(head.contains("'shape': (4, \(expected[0].count)), }"))
  }

  @Test func bitsAreThoseOfQuantization() async throws {
    let matrix = Matrix(columns: expected[0].count, Array(expected.joined()))
    for quantization in [Quantization.binary, .ubinary] {
      let body = #"{"input":\#(list),"encoding_format":"\#(quantization)"}"#
      let raw = try await running.answer(
        "POST", "/v1/embeddings", Array(body.utf8),
        headers: [("accept", "application/octet-stream")])
      #expect(raw.body == quantization(matrix))
      let (_, json) = try await running.post("/v1/embeddings", body)
      let numbers = try json.array("data").elements.flatMap {
        try $0.array("embedding").elements.map { UInt8(truncatingIfNeeded: try $0.int()) }
      }
      #expect(numbers == raw.body)
    }
  }

  @Test func textEmbeddingsInference() async throws {
    for path in ["/embed", "/", "/invocations"] {
      let response = try await running.answer("POST", path, Array(#"{"inputs":\#(list)}"#.utf8))
      let rows = try JSON(response.body, name: path).array().elements.map { try $0.numbers }
      #expect(rows == expected)
      #expect(Set(response.headers.map(\.name)).isSuperset(of: ["x-compute-type", "x-queue-time"]))
    }
    let (_, one) = try await running.post("/embed", #"{"inputs":"\#(texts[0])","normalize":null}"#)
    #expect(try one.array().elements.map { try $0.numbers } == [expected[0]])
    let (_, numbers) = try await running.post(
      "/", #"{"inputs":"\#(texts[0])","encoding_format":"base64"}"#)
    #expect(numbers.source == one.source)
    let (_, all) = try await running.post("/embed_all", #"{"inputs":["cat","a cat"]}"#)
    #expect(all.count == 2)
    #expect(
      try all.elements.allSatisfy {
        try $0.array().elements.allSatisfy { $0.count == expected[0].count }
      })
    let (_, vertex) = try await running.post(
      "/vertex", #"{"instances":[{"inputs":\#(list)},{"inputs":"\#(texts[2])"}]}"#)
    let predictions = Array(try vertex.array("predictions").elements)
    #expect(try predictions[0].elements.map { try $0.numbers } == expected)
    #expect(try predictions[1].elements.map { try $0.numbers } == [expected[2]])
  }

  @Test func similarity() async throws {
    let body =
      #"{"inputs":{"source_sentence":"A cat sleeps.","sentences":["A cat sleeps.","日本語"]}}"#
    for path in ["/similarity", "/"] {
      let (status, json) = try await running.post(path, body)
      #expect(status == 200)
      let cosine = zip(expected[0], expected[3]).reduce(0) { $0 + $1.0 * $1.1 }
      expectClose(try json.numbers, [1, cosine], tolerance: 1e-6)
    }
  }

  @Test func ollama() async throws {
    let (_, json) = try await running.post(
      "/api/embed", #"{"model":"bert-tiny:latest","input":\#(list),"options":{},"keep_alive":"5m"}"#
    )
    #expect(try json.array("embeddings").elements.map { try $0.numbers } == expected)
    #expect(try json.string("model") == "bert-tiny:latest")
    #expect(try json.int("prompt_eval_count") > 8)
    for nothing in [#"{"input":[]}"#, #"{"input":""}"#, "{}"] {
      let (status, json) = try await running.post("/api/embed", nothing)
      #expect(status == 200)
      #expect(try json.array("embeddings").count == 0)
    }
    let (_, old) = try await running.post("/api/embeddings", #"{"prompt":"\#(texts[0])"}"#)
    #expect(try old.floats("embedding") == expected[0])
    let (_, tags) = try await running.get("/api/tags")
    let tag = try #require(try tags.array("models")[0])
    #expect(try tag.string("name") == "bert-tiny:latest")
    #expect(try tag.string("digest").utf8.count == 64)
    #expect(try await running.post("/api/show", #"{"model":"bert-tiny"}"#).status == 200)
    #expect(try await running.get("/api/ps").status == 200)
  }

  @Test func llamaCpp() async throws {
    for (path, member) in [("/embedding", "content"), ("/embeddings", "content")] {
      let (_, json) = try await running.post(path, #"{"\#(member)":\#(list)}"#)
      let rows = try json.array().elements.map {
        try $0.array("embedding").elements.map { try $0.numbers }
      }
      #expect(rows == expected.map { [$0] })
    }
  }

  private func divisor(_ power: Int, _ x: [Double]) -> Double {
    switch power {
    case -1: 1
    case 0: (x.map(\.magnitude).max() ?? 0) / 32760
    default: pow(x.reduce(0) { $0 + pow($1.magnitude, Double(power)) }, 1 / Double(power))
    }
  }

  @Test(arguments: [-1, 0, 1, 3]) func normsOfLlamaCpp(power: Int) async throws {
    let text = #"{"inputs":"a cat","content":"a cat","embd_normalize":\#(power),"normalize":false}"#
    let plain = try #require(try await running.post("/embed", text).json[0]).numbers.map(
      Double.init)
    let rows = try await running.post("/embedding", text).json
    let scaled = try #require(try rows[0]?.array("embedding")[0]).numbers
    expectClose(
      scaled, plain.map { Float($0 / divisor(power, plain)) },
      tolerance: 1e-5 * (scaled.map(\.magnitude).max() ?? 0))
  }

  @Test func fewerNumbersGetLengthOne() async throws {
    let (_, json) = try await running.post("/embed", #"{"inputs":"a cat","dimensions":4}"#)
    let vector = try #require(json[0]).numbers
    #expect(vector.count == 4)
    expectClose([vector.reduce(0) { $0 + $1 * $1 }], [1], tolerance: 1e-6)
  }

  @Test func manyTextsAreDividedByNobody() async throws {
    let many = (0..<2048).map { "cat \($0 % 50)" }
    let body = JSONValue.object([("input", .array(many.map { .string($0) }))]).bytes
    let response = try await running.answer("POST", "/v1/embeddings", body)
    #expect(try JSON(response.body, name: "many").array("data").count == 2048)
    let more = JSONValue.object([("input", .array((many + ["x"]).map { .string($0) }))]).bytes
    let refused = try await running.answer("POST", "/v1/embeddings", more)
    #expect(refused.status == 400)
    #expect(String(decoding: refused.body, as: UTF8.self).contains("2048"))
  }
}
