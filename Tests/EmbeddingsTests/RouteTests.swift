import ModelFiles
import TestSupport
import Testing
import Tokenizers

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

  @Test func fewerTokensMayBeRead() throws {
    let model = try TextModel(folder: Fixture.tinyBERT, options: .init())
    let text = Array("the cat sat on the mat".utf8)
    let plain = try model.route()
    let (whole, short) = (
      try plain.encoding(of: text), try plain.limited(to: 4).encoding(of: text)
    )
    #expect(
      short.truncated && short.ids == Array(whole.ids[..<3]) + [whole.ids[whole.ids.count - 1]])
    #expect(try plain.limited(to: 9999).limit == plain.limit)
    // One token is left for the text at least.
    let prompted = try model.route(named: "query")
    let least = prompted.specials + prompted.promptIDs.count
    #expect(throws: FileError.self) { try prompted.limited(to: least) }
    #expect(try prompted.limited(to: least + 1).encoding(of: text).ids.count == least + 1)
  }

  @Test func theDefaultGoesBeforeEveryText() throws {
    let prompts = try prompts(#"{"prompts":{"sts":"s: "},"default_prompt_name":"sts"}"#)
    #expect(prompts.standard == "s: ")
    #expect(throws: FileError.self) { try self.prompts(#"{"default_prompt_name":"sts"}"#) }
  }
}
