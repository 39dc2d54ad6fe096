import ModelFiles
import TestSupport
import Testing

@testable import Embeddings

@Suite struct RouteTests {
  private func prompts(_ text: String) throws -> Prompts {
    try Prompts(JSON(Array(text.utf8), name: "config_sentence_transformers.json"))
  }

  @Test(arguments: [
    (#"{"prompts":{"query":"q: ","passage":"p: "}}"#, "query", "q: "),
    (#"{"prompts":{"query":"q: ","passage":"p: "}}"#, "document", "p: "),
    (#"{"prompts":{"document":"d: ","corpus":"c: "}}"#, "document", "d: "),
    (#"{"prompts":{"corpus":"c: "}}"#, "document", "c: "), ("{}", "query", ""),
    (#"{"prompts":{"sts":"s: "}}"#, "sts", "s: "), (#"{"prompts":null}"#, "document", ""),
  ])
  func aNameGivesItsText(text: String, name: String, expected: String) throws {
    #expect(try prompts(text).text(named: name) == expected)
  }

  @Test func anUnknownNameListsTheKnownOnes() throws {
    let prompts = try prompts(#"{"prompts":{"sts":"s: "}}"#)
    let error = try #require(throws: FileError.self) { try prompts.text(named: "qery") }
    #expect(
      error.description == "the model has no prompt `qery`; known are sts, document, query")
  }

  @Test func aPromptThatIsNoInstructionIsRefused() throws {
    let long = String(repeating: "a", count: 65537)
    let named = try #require(throws: FileError.self) {
      try prompts(#"{"prompts":{"sts":"\#(long)"}}"#)
    }
    #expect(
      named.description
        == "config_sentence_transformers.json: the prompt `sts` has 65537 bytes, should have at most "
        + "65536; shorten it")
    #expect(throws: Never.self) {
      try self.prompts(#"{"prompts":{"sts":"\#(long.dropLast())"}}"#)
    }
    let model = try Embedder(folder: Fixture.tinyBERT)
    let given = try #require(throws: FileError.self) { try model.embed(["a"], prompt: long) }
    #expect(
      given.description == "the prompt has 65537 bytes, should have at most 65536; shorten it")
  }

  @Test func theDefaultGoesBeforeEveryText() throws {
    let prompts = try prompts(#"{"prompts":{"sts":"s: "},"default_prompt_name":"sts"}"#)
    #expect(prompts.standard == "s: ")
    #expect(throws: FileError.self) { try self.prompts(#"{"default_prompt_name":"sts"}"#) }
  }
}
