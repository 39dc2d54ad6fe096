import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct WordLevelTests {
  private func id(_ word: String, _ model: String) throws -> [Int32] {
    let model = try TokenModels.make(JSON.of(model))
    var ids: [Int32] = []
    try Array(word.utf8).withUnsafeBytes { try model($0, into: &ids) }
    return ids
  }

  @Test func wordsAreKnownOrNot() throws {
    let model = #"{"type":"WordLevel","vocab":{"?":0,"é":1},"unk_token":"?"}"#
    #expect(try id("é", model) == [1])
    #expect(try id("e\u{301}", model) == [0])
  }

  @Test func anUnknownWordNeedsAToken() throws {
    let model = #"{"vocab":{"é":1},"unk_token":"?"}"#
    #expect(try id("é", model) == [1])
    #expect(throws: FileError.self) { try id("e", model) }
  }

  @Test(arguments: [
    #"{"type":"WordLevel","vocab":{}}"#, #"{"type":"WordLevel","unk_token":"?"}"#,
    #"{"type":"WordLevel","vocab":{"a":-1},"unk_token":"?"}"#,
  ])
  func aBadFileIsRefused(model: String) {
    #expect(throws: FileError.self) { try id("a", model) }
  }
}
