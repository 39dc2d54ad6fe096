import ModelFiles
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

@Suite struct ChunksTests {
  /// The example model reads 30 tokens beside its special ones.
  @Test(
    arguments: [
      (28, nil), (29, "too little"), (30, "no"),
    ] as [(Int, String?)])
  func aPromptLeavesRoomForText(tokens: Int, room: String?) throws {
    let model = try Embedder(folder: Fixture.tinyBERT)
    let prompt = [String](repeating: "cat", count: tokens).joined(separator: " ") + " "
    let route = try model.model.route(prompt: prompt)
    let text = Array([String](repeating: "the", count: 9).joined(separator: " ").utf8)
    guard let room else {
      let encoding = try model.uncutEncoding(of: text, by: route)
      #expect(try Chunks(encoding.ids, route).count == 5)
      return
    }
    let error = try #require(throws: FileError.self) {
      try model.uncutEncoding(of: text, by: route)
    }
    #expect(
      error.description
        == "the prompt's \(tokens) tokens leave \(room) room for text below the limit; take a shorter "
        + "prompt, or cut the text (--long cut)")
  }
}
