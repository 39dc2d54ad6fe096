import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct SplitBehaviorTests {
  private func split(_ text: String, _ behavior: String, invert: Bool = false) throws -> [String] {
    let split = try Split(
      JSON.of(
        #"{"pattern":{"String":"-"},"behavior":"\#(behavior)","invert":\#(invert)}"#))
    return try split.words(of: text)
  }

  @Test(arguments: [
    ("Removed", ["a", "b"]), ("Isolated", ["a", "-", "-", "b", "-"]),
    ("MergedWithPrevious", ["a-", "-", "b-"]), ("MergedWithNext", ["a", "-", "-b", "-"]),
    ("Contiguous", ["a", "--", "b", "-"]),
  ])
  func whatBecomesOfMatches(behavior: String, expected: [String]) throws {
    #expect(try split("a--b-", behavior) == expected)
  }

  @Test(arguments: [
    ("Removed", ["-", "-", "-"]), ("MergedWithPrevious", ["a", "-", "-b", "-"]),
    ("MergedWithNext", ["a-", "-", "b-"]), ("Contiguous", ["a", "--", "b", "-"]),
  ])
  func andOfWhatLiesBetweenThem(behavior: String, expected: [String]) throws {
    #expect(try split("a--b-", behavior, invert: true) == expected)
  }

  @Test(arguments: ["isolated", "", "merged_with_next"])
  func aBehaviorIsNamedAsInTheReference(behavior: String) {
    #expect(throws: FileError.self) { try split("a", behavior) }
  }
}

extension PreTokenizer {
  /// The words that it makes of a text.
  func words(of text: String) throws -> [String] {
    var preTokens = PreTokenizedText()
    Array(text.utf8).withUnsafeBytes { preTokens.text.set($0, startsText: true) }
    preTokens.begin { bytes, startsText, list in
      list = [PreToken(range: 0..<bytes.count, startsText: startsText)]
    }
    try self(&preTokens)
    return preTokens.list.map { String(decoding: preTokens.text.bytes[$0.range], as: UTF8.self) }
  }
}
