import ModelFiles
import TestSupport
import Testing

@testable import Serving

/// What members of /v1/embeddings mean that OpenAI does not have, of Jina's and Voyage's clients.
@Suite struct WishesTests {
  private let running: RunningService

  init() throws {
    running = try Self.running(
      #"{"query":"find: ","passage":"text: ","separation":"apart: "}"#)
  }

  /// A model with these prompts.
  private static func running(_ prompts: String) throws -> RunningService {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    try folder.write("config_sentence_transformers.json", #"{"prompts":\#(prompts)}"#)
    return try RunningService(folder.path)
  }

  private func embedding(_ members: String) async throws -> [UInt8] {
    let (status, json) = try await running.post(
      "/v1/embeddings", #"{"input":"a cat"\#(members.isEmpty ? "" : "," + members)}"#)
    #expect(status == 200, "\(members)")
    return try #require(try json.array("data")[0]?.value("embedding").source)
  }

  @Test(arguments: [
    (#""task":"retrieval.query""#, #""prompt_name":"query""#),
    (#""task":"retrieval.passage""#, #""prompt_name":"document""#),
    (#""task":"separation""#, #""prompt_name":"separation""#),
    (#""task":null"#, ""), (#""late_chunking":false"#, ""), (#""late_chunking":null"#, ""),
    (#""normalized":false"#, #""normalize":false"#),
    (#""normalized":true,"normalize":true"#, ""),
    (#""output_dimension":4"#, #""dimensions":4"#),
    (#""output_dimension":4,"dimensions":4"#, #""dimensions":4"#),
    (#""embedding_type":"ubinary""#, #""encoding_format":"ubinary""#),
    (#""encoding_type":"BINARY""#, #""encoding_format":"binary""#),
    (#""embedding_type":"base64","encoding_format":"base64""#, #""encoding_format":"base64""#),
    (#""truncate":true"#, ""),
  ])
  func meansTheSame(members: String, others: String) async throws {
    #expect(try await embedding(members) == embedding(others))
  }

  @Test func promptsMakeADifference() async throws {
    let plain = try await embedding("")
    for task in ["retrieval.query", "retrieval.passage", "separation"] {
      #expect(try await embedding(#""task":"\#(task)""#) != plain)
    }
  }

  @Test(arguments: [
    (#""task":"text-matching""#, ["text-matching", "separation", "retrieval.query"]),
    (#""task":7"#, ["task"]),
    (#""task":"retrieval.query","input_type":"query""#, ["task", "input_type"]),
    (#""task":"retrieval.query","prompt_name":"query""#, ["task", "prompt_name"]),
    (#""input_type":"query","prompt_name":"query""#, ["input_type", "prompt_name"]),
    (#""late_chunking":true"#, ["late_chunking"]),
    (#""normalized":true,"normalize":false"#, ["normalize", "normalized"]),
    (#""output_dimension":4,"dimensions":8"#, ["dimensions", "output_dimension"]),
    (#""output_dimension":0"#, ["output_dimension"]),
    (#""embedding_type":"float","encoding_format":"base64""#, ["encoding_format"]),
    (#""embedding_type":"float","encoding_type":"ubinary""#, ["encoding_type"]),
    (#""embedding_type":"int8""#, ["embedding_type", "int8", "ubinary"]),
  ])
  func whatCannotBeIsNamed(members: String, words: [String]) async throws {
    let (status, json) = try await running.post(
      "/v1/embeddings", #"{"input":"a cat",\#(members)}"#)
    #expect(status == 400)
    let message = try json.object("error").string("message")
    for word in words { #expect(message.contains(word), "\(message)") }
    #expect(try json.string("detail") == message)
  }

  @Test func aTaskHasThePromptOfItsNameFirst() async throws {
    let running = try Self.running(#"{"query":"find: ","retrieval.query":"seek: "}"#)
    func answer(_ member: String) async throws -> [UInt8] {
      try await running.post("/v1/embeddings", #"{"input":"a",\#(member)}"#).json.source
    }
    let own = try await answer(#""task":"retrieval.query""#)
    #expect(try await own == answer(#""prompt_name":"retrieval.query""#))
    #expect(try await own != answer(#""prompt_name":"query""#))
  }

  @Test func textsMayStandInObjects() async throws {
    let (_, plain) = try await running.post("/v1/embeddings", #"{"input":["a","b"]}"#)
    let (status, json) = try await running.post(
      "/v1/embeddings", #"{"input":[{"text":"a"},{"text":"b"}]}"#)
    #expect(status == 200)
    #expect(json.source == plain.source)
    let (refused, error) = try await running.post(
      "/v1/embeddings", #"{"input":[{"image":"https://a.example/b.png"}]}"#)
    #expect(refused == 400)
    #expect(try error.string("detail").contains("image"))
  }
}
