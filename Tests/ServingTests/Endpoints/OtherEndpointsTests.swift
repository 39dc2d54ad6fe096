import ModelFiles
import TestSupport
import Testing

@testable import Serving

/// Tokens, models, probes, and what all endpoints have in common.
@Suite struct OtherEndpointsTests {
  private let running: RunningService

  init() throws { running = try RunningService() }

  @Test func tokensGoThereAndBack() async throws {
    let (status, json) = try await running.post("/tokenize", #"{"inputs":["a cat","dogs"]}"#)
    #expect(status == 200)
    let tokens = Array(try #require(json[0]).elements)
    let ids = try tokens.map { try $0.int("id") }
    #expect(try tokens.first?.bool("special") == true)
    #expect(tokens.first?["start"]?.isNull == true)
    #expect(try tokens.first { try !$0.bool("special") }?.int("start") == 0)
    let (_, text) = try await running.post("/decode", #"{"ids":\#(ids)}"#)
    #expect(try text[0]?.string() == "a cat")
    let (_, texts) = try await running.post("/decode", #"{"ids":[\#(ids),\#(ids)]}"#)
    #expect(texts.count == 2)
    let (_, plain) = try await running.post("/tokenize", #"{"content":"a cat"}"#)
    #expect(try plain.ints("tokens").map(Int.init) == Array(ids.dropFirst().dropLast()))
    let (_, pieces) = try await running.post(
      "/tokenize", #"{"content":"a cat","with_pieces":true}"#)
    #expect(try pieces.array("tokens")[0]?.int("id") == ids[1])
    let (_, back) = try await running.post(
      "/detokenize", #"{"tokens":\#(Array(ids.dropFirst().dropLast()))}"#)
    #expect(try back.string("content") == "a cat")
  }

  @Test func tokensOfTheModelAreTexts() async throws {
    let (_, json) = try await running.post("/tokenize", #"{"inputs":"a cat"}"#)
    let ids = try #require(json[0]).elements.map { try $0.int("id") }
    let (_, byText) = try await running.post("/embed", #"{"inputs":"a cat"}"#)
    let (status, byIDs) = try await running.post("/embed", #"{"inputs":[\#(ids)]}"#)
    #expect(status == 200)
    #expect(byIDs.source == byText.source)
    let (refused, foreign) = try await running.post("/v1/embeddings", #"{"input":[32,8415,374]}"#)
    #expect(refused == 400)
    #expect(try foreign.object("error").string("message").contains("check_embedding_ctx_length"))
  }

  @Test func modelsAreListedAndFound() async throws {
    let (_, list) = try await running.get("/v1/models")
    #expect(try list.array("data")[0]?.string("id") == "bert-tiny")
    for name in ["bert-tiny", "bert-tiny:latest", "org/bert-tiny", "org%2Fbert-tiny"] {
      let (status, json) = try await running.get("/v1/models/" + name)
      #expect(status == 200)
      #expect(try json.string("object") == "model")
    }
    #expect(try await running.get("/v1/models/none").status == 404)
    let (status, json) = try await running.post("/v1/embeddings", #"{"input":"a","model":"x"}"#)
    #expect(status == 404)
    #expect(try json.object("error").string("code") == "model_not_found")
    #expect(try await running.post("/api/embed", #"{"input":"a","model":"x"}"#).status == 404)
  }

  @Test(arguments: [
    (#"{"model":"bert-tiny"}"#, 200), (#"{"name":"bert-tiny:latest","stream":false}"#, 200),
    (#"{"model":"x"}"#, 404), ("{}", 400),
  ])
  func aModelThatIsServedIsSaidToBeThere(body: String, expected: Int) async throws {
    let (status, json) = try await running.post("/api/pull", body)
    #expect(status == expected)
    if status == 200 {
      #expect(try json.string("status") == "success")
    } else {
      #expect(try json.string("error").contains("model"))
    }
  }

  @Test func infoNamesTheLimits() async throws {
    let (_, json) = try await running.get("/info")
    #expect(try json.int("max_client_batch_size") == 2048)
    #expect(try json.object("model_type").object("embedding").string("pooling") == "mean")
    #expect(try json.string("model_dtype") == "float32")
  }

  @Test func probesFollowTheState() async throws {
    for path in ["/ready", "/health", "/ping", "/live"] {
      #expect(try await running.answer("GET", path).status == 200)
      #expect(try await running.answer("HEAD", path).status == 200)
    }
    #expect(try await running.answer("GET", "/").status == 200)
    running.service.beginDraining()
    for (path, status) in [("/ready", 503), ("/health", 503), ("/", 503), ("/live", 200)] {
      #expect(try await running.answer("GET", path).status == status)
    }
  }

  @Test func peopleGetAPageThatLoadsNothingFromElsewhere() async throws {
    let response = try await running.answer(
      "GET", "/", headers: [("accept", "text/html,application/xhtml+xml")])
    let page = String(decoding: response.body, as: UTF8.self)
    #expect(page.hasPrefix("<!doctype html>"))
    #expect(!page.contains("http:") && !page.contains("https:"))
    let policy = response.headers.first { $0.name == "content-security-policy" }?.value
    #expect(policy?.contains("script-src 'sha256-") == true)
    #expect(policy?.contains("unsafe") == false)
  }

  @Test func everyEndpointAnswersNonsenseInItsOwnForm() async throws {
    let bodies = [
      "", "{", "[]", "{}",
      #"{"inputs":7,"input":7,"content":7,"query":7,"ids":7,"tokens":7,"texts":7}"#,
      #"{"inputs":[[]],"input":[[]],"content":[[]],"ids":[[]],"tokens":[[]],"instances":[[]]}"#,
      #"{"texts":[{}],"documents":[{}],"query":"a","embedding_types":[{}],"name":[],"model":[]}"#,
      #"{"inputs":{},"input":{},"content":{},"ids":{},"model":{},"prompt":{},"instances":{}}"#,
      #"{"inputs":[999999999],"input":[999999999],"ids":[999999999],"tokens":[999999999]}"#,
    ]
    for endpoint in Endpoints.all(running.service.options) where endpoint.method == "POST" {
      for body in bodies {
        let response = try await running.answer("POST", endpoint.path, Array(body.utf8))
        let isAnswer = response.status == 200 && endpoint.dialect == .ollama
        #expect(isAnswer || 400...424 ~= response.status, "\(endpoint.path) \(body)")
        let json = try JSON(response.body, name: endpoint.path)
        #expect(isAnswer || json["error"] != nil, "\(endpoint.path) \(body)")
      }
    }
  }

  @Test func otherPathsAndMethods() async throws {
    #expect(try await running.answer("POST", "/nothing").status == 404)
    let response = try await running.answer("PUT", "/embed")
    #expect(response.status == 405)
    #expect(response.headers.contains { $0 == ("allow", "OPTIONS, POST") })
  }

  @Test func theDescriptionIsServed() async throws {
    let (status, json) = try await running.get("/openapi.json")
    #expect(status == 200)
    #expect(try json.string("openapi") == "3.1.0")
    #expect(try await running.answer("GET", "/metrics").status == 200)
  }
}
