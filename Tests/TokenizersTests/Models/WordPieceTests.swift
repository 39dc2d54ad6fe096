import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct WordPieceTests {
  private func ids(_ word: String, _ model: String) throws -> [Int32] {
    let model = try TokenModels.make(JSON.of(model))
    var ids: [Int32] = [42]
    try Array(word.utf8).withUnsafeBytes { try model($0, into: &ids) }
    return Array(ids.dropFirst())
  }

  @Test(arguments: [("a", [1]), ("aaa", [1, 2, 2]), ("aab", [0]), ("b", [3]), ("c", [0])])
  func theLongestPieceEachTime(word: String, expected: [Int32]) throws {
    #expect(try ids(word, MadeTokenizer.wordPiece()) == expected)
  }

  @Test func wordsAreMeasuredInScalars() throws {
    let model = MadeTokenizer.wordPiece(
      vocabulary: ###"{"[UNK]":0,"é":1,"##é":2}"###, longestWord: "3")
    #expect(try ids("ééé", model) == [1, 2, 2])
    #expect(try ids("éééé", model) == [0])
  }

  @Test func thePrefixAtTheStartOfAWordIsText() throws {
    #expect(try ids("##a", MadeTokenizer.wordPiece()) == [2])
    #expect(try ids("##aa", MadeTokenizer.wordPiece()) == [2, 2])
  }

  @Test func anUnknownWordNeedsAToken() throws {
    let model = MadeTokenizer.wordPiece(unknown: "<unk>")
    #expect(try ids("a", model) == [1])
    #expect(throws: FileError.self) { try ids("c", model) }
    #expect(throws: FileError.self) { try ids(String(repeating: "a", count: 101), model) }
  }
}
