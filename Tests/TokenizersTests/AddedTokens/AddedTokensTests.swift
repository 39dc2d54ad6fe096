import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct AddedTokensTests {
  private func ids(_ text: String, _ tokens: [String], normalizer: String = "null") throws
    -> [Int32]
  {
    var made = MadeTokenizer()
    made.added = "[\(tokens.joined(separator: ","))]"
    made.normalizer = normalizer
    return try made().encode(text).ids
  }

  @Test func theDeclaredIDIsIgnored() throws {
    #expect(try ids("xb", [MadeTokenizer.token("x"), MadeTokenizer.token("b")]) == [5, 3])
  }

  @Test func theLongestOfTheLeftmostWins() throws {
    let tokens = ["xy", "x", "yzzz", "yz"].map { MadeTokenizer.token($0) }
    #expect(try ids("xyzzz", tokens) == [5, 0])
    #expect(try ids("xxyz", tokens) == [6, 5, 0])
  }

  @Test func onlyAWordOfItsOwnCounts() throws {
    let token = MadeTokenizer.token("x", "single_word")
    #expect(try ids("x x_ -x éx x\u{301}", [token]) == [5, 0, 0, 0, 5, 0, 0])
  }

  @Test func theSameContentTakesItsLastFlags() throws {
    let tokens = [MadeTokenizer.token("x", "single_word"), MadeTokenizer.token("x")]
    #expect(try ids("xx", tokens) == [5, 5])
  }

  @Test func twoTokensOfOneNormalizedFormAreTheFirst() throws {
    let tokens = ["É", "é"].map { MadeTokenizer.token($0, "normalized") }
    #expect(try ids("e", tokens, normalizer: MadeTokenizer.bert) == [5])
  }

  @Test func aTokenThatNormalizesToNothingIsNeverFound() throws {
    let token = MadeTokenizer.token("\\u0000", "normalized")
    #expect(try ids("a \u{0} b", [token], normalizer: MadeTokenizer.bert) == [1, 3])
  }

  @Test func aPrefixOfEachTokenIsRefused() {
    let tokens = (0..<2).map { MadeTokenizer.token("t\($0)", "normalized") }
    let prefix = String(repeating: "p", count: 60_000)
    let error = #expect(throws: FileError.self) {
      try ids("a", tokens, normalizer: #"{"type":"Prepend","prepend":"\#(prefix)"}"#)
    }
    #expect(error?.description == TextGrowthTests.message(65_536 + 4 * 32 - 60_002))
  }

  @Test func spaceThatATokenTookCanBeAnother() throws {
    let tokens = [MadeTokenizer.token("x", "rstrip"), MadeTokenizer.token("  ")]
    #expect(try ids("ax  b", tokens) == [1, 5, 6, 3])
  }
}
