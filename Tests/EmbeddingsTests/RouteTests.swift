import ModelFiles
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

  @Test func theDefaultGoesBeforeEveryText() throws {
    let prompts = try prompts(#"{"prompts":{"sts":"s: "},"default_prompt_name":"sts"}"#)
    #expect(prompts.standard == "s: ")
    #expect(throws: FileError.self) { try self.prompts(#"{"default_prompt_name":"sts"}"#) }
  }
}
