import ModelFiles
import TestSupport
import Testing

@testable import Serving

/// Arrays of integers in the place of texts.
@Suite struct TokenIDsTests {
  private func ids(of text: String, _ running: RunningService) async throws -> [Int] {
    let (_, json) = try await running.post("/tokenize", #"{"inputs":"\#(text)"}"#)
    return try #require(json[0]).elements.map { try $0.int("id") }
  }

  private func vectors(
    of input: String, _ running: RunningService, _ more: String = ""
  ) async throws -> String {
    let (status, json) = try await running.post("/embed", #"{"inputs":\#(input)\#(more)}"#)
    let text = String(decoding: json.source, as: UTF8.self)
    #expect(status == 200, "\(text)")
    return text
  }

  private static let long = (0..<40).map { "cat \($0)" }.joined(separator: " ")

  @Test(arguments: [("a cat", true), ("a cat", false), ("", true), (long, true), (long, false)])
  func thePromptGoesBeforeThem(text: String, isIncluded: Bool) async throws {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    try folder.write(
      "1_Pooling/config.json",
      try folder.text("1_Pooling/config.json").replacing(
        "\"include_prompt\": true", with: "\"include_prompt\": \(isIncluded)"))
    let running = try RunningService(folder.path)
    let ids = try await ids(of: text, running)
    for more in ["", #","prompt_name":"query""#] {
      let (byText, byIDs) = (
        try await vectors(of: #""\#(text)""#, running, more),
        try await vectors(of: "[\(ids)]", running, more)
      )
      #expect(byText == byIDs)
    }
  }

  /// A table of the bytes' own ids, and one token of very many spaces.
  private func table(_ folder: ScratchFolder) throws -> String {
    func base64(_ bytes: [UInt8]) -> String {
      var text: [UInt8] = []
      bytes.withUnsafeBytes { text.appendBase64($0) }
      return String(decoding: text, as: UTF8.self)
    }
    let lines = (0..<256).map { "\(base64([UInt8($0)])) \($0)" }
    let wide = base64(Array(repeating: 0x20, count: 3000)) + " 256"
    return try folder.write("bytes.tiktoken", (lines + [wide]).joined(separator: "\n") + "\n")
  }

  private func running(_ change: (inout ServeOptions) -> Void) throws -> RunningService {
    var options = ServeOptions()
    change(&options)
    return try RunningService(Fixture.tinyBERT, options)
  }

  @Test func anUnknownOneIsNamedWithItsTable() async throws {
    let folder = try ScratchFolder()
    let path = try table(folder)
    let running = try running { $0.tokenIDs = .table(path) }
    let (status, json) = try await running.post("/v1/embeddings", #"{"input":[[97],[97,100277]]}"#)
    let message = try json.object("error").string("message")
    #expect(status == 400)
    #expect(message.contains("100277") && message.contains("bytes.tiktoken"))
    #expect(message.contains("text 1") && !message.contains(folder.path))
  }

  @Test func theTextThatTheyStandForIsBounded() async throws {
    let folder = try ScratchFolder()
    let path = try table(folder)
    let running = try running {
      $0.tokenIDs = .table(path)
      $0.mostBody = 10_000
    }
    let few = "[" + Array(repeating: "256", count: 3).joined(separator: ",") + "]"
    let many = "[" + Array(repeating: "256", count: 4).joined(separator: ",") + "]"
    #expect(try await running.post("/v1/embeddings", #"{"input":\#(few)}"#).status == 200)
    #expect(try await running.post("/v1/embeddings", #"{"input":\#(many)}"#).status == 413)
  }

  @Test func inChunksTheyAreTexts() async throws {
    let folder = try ScratchFolder()
    let path = try table(folder)
    let running = try running {
      ($0.tokenIDs, $0.long) = (.table(path), .chunk)
    }
    for text in ["a cat", Self.long] {
      let (byText, byIDs) = (
        try await vectors(of: #""\#(text)""#, running),
        try await vectors(of: "\(Array(text.utf8))", running)
      )
      #expect(byText == byIDs)
    }
  }

  @Test func inChunksFramedOnesAreOneWhereTheyFit() async throws {
    let running = try running { $0.long = .chunk }
    let ids = try await ids(of: "a cat", running)
    let (byText, byIDs) = (
      try await vectors(of: #""a cat""#, running), try await vectors(of: "[\(ids)]", running)
    )
    #expect(byText == byIDs)
    let longer = try await self.ids(of: Self.long, running)
    let (status, json) = try await running.post("/embed", #"{"inputs":[[\#(ids[0])],\#(longer)]}"#)
    #expect(status == 422)
    let (_, alone) = try await running.post("/embed", #"{"inputs":[\#(ids),\#(longer)]}"#)
    #expect(try alone.string("error").hasPrefix("text 1: "))
    #expect(try json.string("error").hasPrefix("text 0: "))
  }
}
