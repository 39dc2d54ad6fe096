import Foundation
import ModelFiles
import TestSupport
import Testing

@testable import Serving

/// Rerankers, classifiers, sparse and late-interaction models, each with the library's numbers.
@Suite struct ScoreEndpointsTests {
  private let reranker = Fixture.path("kinds/ce_bert")

  @Test func documentsInTheOrderThatWasRecorded() async throws {
    let running = try RunningService(reranker)
    let recorded = try #require(try Fixture.lines(reranker + "/rank.jsonl").first)
    let documents = String(decoding: try recorded.array("documents").source, as: UTF8.self)
    let query = String(decoding: try recorded.value("query").source, as: UTF8.self)
    let order = try recorded.ints("order").map(Int.init)
    let scores = try recorded.floats("scores")
    for path in ["/rerank", "/reranking", "/v1/rerank", "/v1/reranking", "/v2/rerank"] {
      let (status, json) = try await running.post(
        path, #"{"model":"ce_bert","query":\#(query),"documents":\#(documents),"top_n":5}"#)
      #expect(status == 200)
      // infinity's client takes no other word for it than `rerank`, and none takes none amiss.
      #expect(json["object"] == nil)
      let results = Array(try json.array("results").elements)
      #expect(try results.map { try $0.int("index") } == Array(order.prefix(5)))
      expectClose(
        try results.map { Float(try $0.double("relevance_score")) }, Array(scores.prefix(5)),
        tolerance: 2e-5)
    }
    let (_, raw) = try await running.post(
      "/rerank", #"{"query":\#(query),"texts":\#(documents),"raw_scores":true,"return_text":true}"#)
    let (_, shares) = try await running.post(
      "/rerank", #"{"query":\#(query),"texts":\#(documents)}"#)
    for (logit, share) in zip(raw.elements, shares.elements) {
      #expect(try logit.int("index") == share.int("index"))
      let text = try #require(try recorded.array("documents")[logit.int("index")])
      #expect(try logit.string("text") == text.string())
      let x = try logit.double("score")
      // text-embeddings-inference's clients expect the sigmoid, whatever the model's files say.
      #expect((try share.double("score") - 1 / (1 + exp(-x))).magnitude < 1e-6)
    }
  }

  @Test(arguments: [3, 40, 2000])
  func ofLongDocumentsSoManyTokensCount(words: Int) async throws {
    let running = try RunningService(reranker)
    func scores(_ document: String, _ more: String) async throws -> [Double] {
      let (status, json) = try await running.post(
        "/v1/rerank", #"{"query":"cat","documents":["\#(document)"]\#(more)}"#)
      #expect(status == 200)
      return try json.array("results").elements.map { try $0.double("relevance_score") }
    }
    let long = (0..<words).map { $0 % 2 == 0 ? "cat" : "the" }.joined(separator: " ")
    let short = try await scores("cat the", "")
    #expect(try await scores(long, #","max_tokens_per_doc":2"#) == short)
  }

  @Test func documentsMayBeObjects() async throws {
    let running = try RunningService(reranker)
    let body = #"""
      {"query":"cat","documents":[{"text":"a cat"},"a dog",{"text":"a cat","title":"x"}],
       "return_documents":true,"max_tokens_per_doc":2}
      """#
    let (status, json) = try await running.post("/v1/rerank", body)
    #expect(status == 200)
    #expect(try json.array("results").count == 3)
    #expect(try json.array("results")[0]?.object("document").string("text") != nil)
    let fields = body.replacing(#""return"#, with: #""rank_fields":["title"],"return"#)
    #expect(try await running.post("/v1/rerank", fields).status == 400)
  }

  @Test(arguments: [
    #"{"query":"q"}"#, #"{"query":"q","documents":[]}"#, #"{"query":"q","documents":[1]}"#,
    #"{"query":"q","documents":123}"#, #"{"documents":["a"]}"#,
    #"{"query":"q","documents":["a"],"top_n":0}"#, #"{"query":7,"documents":["a"]}"#,
  ])
  func whatCannotBeRankedIsRefused(body: String) async throws {
    let running = try RunningService(reranker)
    #expect(try await running.post("/v1/rerank", body).status == 400)
    #expect(400...422 ~= (try await running.post("/rerank", body).status))
  }

  @Test func labelsOfAClassifier() async throws {
    let running = try RunningService(Fixture.path("kinds/ce_roberta_nli"))
    let (_, one) = try await running.post("/predict", #"{"inputs":["a cat","an animal"]}"#)
    let scores = try one.array().elements.map { Float(try $0.double("score")) }
    #expect(scores.count == 3)
    #expect(scores == scores.sorted(by: >))
    expectClose([scores.reduce(0, +)], [1], tolerance: 1e-6)
    let (_, many) = try await running.post(
      "/", #"{"inputs":[["a cat","an animal"],["alone"]],"raw_scores":true}"#)
    #expect(many.count == 2)
    #expect(try await running.post("/predict", #"{"inputs":"alone"}"#).json.count == 3)
    for wrong in [#""inputs":[]"#, #""inputs":["a","b","c"]"#, #""inputs":[["a"],"b"]"#, #""x":1"#]
    {
      let (status, json) = try await running.post("/predict", "{\(wrong)}")
      #expect([400, 422].contains(status))
      #expect(json["error_type"] != nil)
    }
    let (status, json) = try await running.post("/v1/rerank", #"{"query":"q","documents":["a"]}"#)
    #expect(status == 400)
    #expect(try json.object("error").string("message").contains("/predict"))
    #expect(try await running.get("/info").json.object("model_type")["classifier"] != nil)
  }

  @Test func sparseModels() async throws {
    let running = try RunningService(Fixture.path("kinds/sp_bert"))
    let recorded = try Fixture.lines(Fixture.path("kinds/sp_bert/sparse.jsonl")).prefix(2)
    for row in recorded {
      let text = String(decoding: try row.value("text").source, as: UTF8.self)
      for path in ["/embed_sparse", "/"] {
        let (status, json) = try await running.post(path, #"{"inputs":\#(text)}"#)
        #expect(status == 200)
        let numbers = Array(try #require(json[0]).elements)
        let embedding = try row.object("embedding")
        #expect(try numbers.map { Int32(try $0.int("index")) } == embedding.ints("indices"))
        expectClose(
          try numbers.map { Float(try $0.double("value")) }, try embedding.floats("values"),
          tolerance: 2e-5)
      }
    }
    let (status, json) = try await running.post("/v1/embeddings", #"{"input":"a"}"#)
    #expect(status == 400)
    #expect(try json.object("error").string("message").contains("/embed_sparse"))
  }

  @Test func lateInteraction() async throws {
    let running = try RunningService(Fixture.path("kinds/mv_bert"))
    let (status, json) = try await running.post("/embed_all", #"{"inputs":["a cat","cats"]}"#)
    #expect(status == 200)
    #expect(json.count == 2)
    let (_, rows) = try await running.post(
      "/embedding", #"{"content":"a cat","embd_normalize":-1}"#)
    #expect(try rows[0]?.array("embedding").source == json[0]?.source)
    #expect(try await running.post("/embed", #"{"inputs":"a"}"#).status == 424)
  }

  @Test func modelsOfAnotherKindAreNamed() async throws {
    let running = try RunningService()
    for (path, status) in [
      ("/rerank", 424), ("/v1/rerank", 400), ("/v2/rerank", 400), ("/predict", 424),
      ("/embed_sparse", 424),
    ] {
      let (found, json) = try await running.post(
        path, #"{"query":"q","documents":["a"],"texts":["a"],"inputs":"a"}"#)
      #expect(found == status, "\(path)")
      #expect(json["error"] != nil)
    }
  }
}
