import ModelFiles
import NIOPosix
import TestSupport
import Testing

@testable import Serving

/// What refusals say, and in whose form.
@Suite struct MessagesTests {
  private func message(
    _ path: String, _ body: String, _ running: RunningService
  ) async throws -> String {
    let (status, json) = try await running.post(path, body)
    #expect(400...422 ~= status)
    let error = try #require(json["error"])
    return error.kind == .object ? try error.string("message") : try error.string()
  }

  @Test func aBoundSaysItsOwnReason() async throws {
    var options = ServeOptions()
    options.mostTexts = 3
    let running = try RunningService(Fixture.tinyBERT, options)
    let sentences = try await message(
      "/similarity",
      #"{"inputs":{"source_sentence":"a","sentences":["a","b","c"]}}"#, running)
    #expect(sentences.contains("at most 2") && sentences.contains("source_sentence"))
    let instances = try await message(
      "/vertex", #"{"instances":[{},{},{},{}]}"#, running)
    #expect(instances.contains("4 instances") && instances.contains("--max-texts"))
    let reranker = try RunningService(Fixture.path("kinds/ce_bert"))
    let names = Array(repeating: #""a""#, count: 65).joined(separator: ",")
    let fields = try await message(
      "/v1/rerank", #"{"query":"q","documents":["d"],"rank_fields":[\#(names)]}"#, reranker)
    #expect(fields.contains("at most 64") && !fields.contains("--max-texts"))
  }

  @Test func anInstanceIsNamed() async throws {
    let running = try RunningService()
    let message = try await message(
      "/vertex", #"{"instances":[{"inputs":"a"},{"inputs":7}]}"#, running)
    #expect(message.hasPrefix("instance 1: "))
  }

  @Test(arguments: [
    ("/tokenize", #"{"inputs":"a cat"}"#), ("/decode", #"{"ids":[[5,6],[7]]}"#),
    ("/rerank", #"{"query":"q","texts":["a","b"]}"#), ("/embed", #"{"inputs":"a"}"#),
  ])
  func whatARequestCostIsInItsHeaders(path: String, body: String) async throws {
    let running = try RunningService(
      models: [Fixture.tinyBERT, Fixture.path("kinds/ce_bert")])
    let response = try await running.answer("POST", path, Array(body.utf8))
    #expect(response.status == 200)
    let names = response.headers.map(\.name)
    for name in [
      "x-compute-type", "x-compute-time", "x-compute-characters", "x-compute-tokens",
      "x-total-time", "x-tokenization-time", "x-queue-time", "x-inference-time",
    ] {
      #expect(names.count { $0 == name } == 1, "\(path) \(name)")
    }
  }

  @Test func whatTheGateRefusesHasTheFormOfItsEndpoint() async throws {
    let server = try await TestServer.start {
      ($0.keys, $0.mostBody) = (["k"], 10)
    }
    let request =
      "POST /embedding HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n"
    let refused = try await server.answer(request + "\r\n{}")
    #expect(refused.statuses == [401] && refused.contains(#""error":{"code":401"#))
    let large = request.replacing("Length: 2", with: "Length: 20")
    let tooLarge = try await server.answer(large + "api-key: k\r\n\r\n" + "12345678901234567890")
    #expect(tooLarge.statuses == [413] && tooLarge.contains(#""error":{"code":413"#))
    let metrics = String(decoding: server.service.metricsText, as: UTF8.self)
    #expect(
      metrics.contains(#"embed_requests_total{endpoint="/embedding",status="4xx"} 2"#))
  }

  @Test func theAddressThatItListensOnIsItsOwn() async throws {
    let server = try await TestServer.start { $0.address = .host("127.0.0.2", port: 0) }
    let head = "GET /live HTTP/1.1\r\nHost: "
    let (own, other) = try await NIOThreadPool.singleton.runIfActive {
      let client = try TestClient(port: server.port, address: "127.0.0.2")
      client.send(head + "127.0.0.2:\(server.port)\r\n\r\n")
      let own = client.until("}")
      client.send(head + "127.0.0.3\r\n\r\n")
      return (own, client.until("}"))
    }
    #expect(own.statuses == [200] && other.statuses == [403])
  }
}
