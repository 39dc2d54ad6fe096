import ModelFiles
import TestSupport
import Testing

@testable import Serving

/// Which of several models answers a request that names none, as the log says it.
@Suite struct AbilityTests {
  private static func kind(_ name: String) -> String { Fixture.path("kinds/\(name)") }

  // A classifier ranks no documents; late interaction has vectors of tokens alone.
  private static let folders = [
    kind("ce_roberta_nli"), kind("mv_bert"), kind("sp_bert"), kind("ce_bert"), Fixture.tinyBERT,
  ]

  private static let bodies = [
    ("/v1/embeddings", #"{"input":"a"}"#), ("/embeddings", #"{"input":"a"}"#),
    ("/embed", #"{"inputs":"a"}"#), ("/embed_all", #"{"inputs":"a"}"#),
    ("/embed_sparse", #"{"inputs":"a"}"#), ("/predict", #"{"inputs":["a","b"]}"#),
    ("/similarity", #"{"inputs":{"source_sentence":"a","sentences":["b"]}}"#),
    ("/", #"{"inputs":{"source_sentence":"a","sentences":["b"]}}"#),
    ("/", #"{"query":"a","texts":["b"]}"#), ("/rerank", #"{"query":"a","texts":["b"]}"#),
    ("/v1/rerank", #"{"query":"a","documents":["b"]}"#),
    ("/v2/rerank", #"{"query":"a","documents":["b"]}"#), ("/api/embed", #"{"input":"a"}"#),
    ("/api/embeddings", #"{"prompt":"a"}"#), ("/embedding", #"{"content":"a"}"#),
    ("/tokenize", #"{"inputs":"a"}"#), ("/tokenize", #"{"content":"a"}"#),
  ]

  private func names(_ folders: [String]) async throws -> [String] {
    let running = try RunningService(models: folders)
    var names: [String] = []
    for (path, body) in Self.bodies {
      let answer = try await running.answer("POST", path, Array(body.utf8))
      #expect(answer.status == 200, "\(path) \(body)")
      names.append(answer.work.model ?? "none")
    }
    return names
  }

  @Test func theFirstThatCanDoItAnswers() async throws {
    let (dense, ranker) = ("bert-tiny", "ce_bert")
    #expect(
      try await names(Self.folders) == [
        dense, dense, dense, "mv_bert", "sp_bert", "ce_roberta_nli", dense, dense, ranker, ranker,
        ranker, ranker, dense, dense, dense, "ce_roberta_nli", "ce_roberta_nli",
      ])
    #expect(
      try await names(Self.folders.reversed()) == [
        dense, dense, dense, dense, "sp_bert", ranker, dense, dense, ranker, ranker, ranker, ranker,
        dense, dense, dense, dense, dense,
      ])
  }

  @Test func aNameCountsWhateverThatModelCanDo() async throws {
    let running = try RunningService(models: Self.folders)
    let (status, json) = try await running.post("/embed", #"{"inputs":"a","model":"ce_bert"}"#)
    #expect(status == 424)
    #expect(try json.string("error").contains("ce_bert"))
  }

  @Test func whereNoneCanTheFirstSaysSo() async throws {
    let running = try RunningService(models: [Fixture.tinyBERT, Self.kind("sp_bert")])
    let (status, json) = try await running.post("/rerank", #"{"query":"a","texts":["b"]}"#)
    #expect(status == 424)
    #expect(try json.string("error").contains("bert-tiny"))
  }

  /// Tables of words have none.
  @Test func vectorsOfTokensAreNotEverywhere() async throws {
    let words = Fixture.path("pipelines/static-embedding")
    let running = try RunningService(models: [words, Fixture.tinyBERT])
    let answer = try await running.answer("POST", "/embed_all", Array(#"{"inputs":"a"}"#.utf8))
    #expect(answer.work.model == "bert-tiny")
  }
}
