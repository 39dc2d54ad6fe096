import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct TokenizerTests {
  @Test(arguments: RecordedTokenizer.all)
  func everyRecordedTextHasTheReferencesIDs(recorded: RecordedTokenizer) throws {
    var tokenizer = try Tokenizer(recorded.json())
    let cases = try recorded.cases()
    #expect(!cases.isEmpty)
    for one in cases {
      tokenizer.truncationDirection = one.direction
      let text = String(decoding: one.text, as: UTF8.self)
      let encoding = try tokenizer.encode(text, limit: one.limit)
      #expect(encoding.ids == one.ids, "\(text)")
      #expect(encoding.segments == one.segments, "\(text)")
      if let plain = one.plain {
        #expect(try tokenizer.encode(text, withSpecials: false).ids == plain, "\(text)")
      }
    }
  }

  @Test func fixturesAreThere() { #expect(RecordedTokenizer.all.count >= 82) }

  @Test func aTokenIsFoundByItsID() throws {
    var made = MadeTokenizer()
    made.added = "[\(MadeTokenizer.token("x"))]"
    made.model = MadeTokenizer.wordPiece(vocabulary: #"{"[UNK]":0,"a":1,"b":1}"#)
    let tokenizer = try made()
    for id in Int32(0)..<5 { #expect(tokenizer.token(of: id) == tokenizer.tokensByID[id]) }
    #expect(tokenizer.token(of: 1) == Array("b".utf8))
  }

  @Test func aTextThatFitsIsNotTruncated() throws {
    let tokenizer = try MadeTokenizer()()
    let whole = try tokenizer.encode("a a a", limit: 3)
    #expect(!whole.truncated)
    let cut = try tokenizer.encode("a a a", limit: 2)
    #expect(cut.truncated)
    #expect(cut.ids == [1, 1])
  }

  @Test func aLimitWithoutRoomIsRefused() throws {
    var made = MadeTokenizer()
    made.postProcessor = #"{"type":"BertProcessing","cls":["c",5],"sep":["s",9]}"#
    let tokenizer = try made()
    #expect(tokenizer.specialCount == 2)
    #expect(tokenizer.vocabularyCount == 10)
    for limit in [Int.min, -1, 0, 1, 2] {
      #expect(throws: FileError.self) { try tokenizer.encode("a", limit: limit) }
    }
    #expect(try tokenizer.encode("a", limit: 3).ids == [5, 1, 9])
    #expect(try tokenizer.encode("a b", limit: 1, withSpecials: false).ids == [1])
  }

  @Test func lowerCaseComesFirstWhenItIsAskedFor() throws {
    #expect(try MadeTokenizer()().encode("A").ids == [0])
    #expect(try MadeTokenizer()(lowercasingFirst: true).encode("A").ids == [1])
    var made = MadeTokenizer()
    made.normalizer = #"{"type":"Lowercase"}"#
    let tokenizer = try made(lowercasingFirst: true)
    #expect(tokenizer.summary[1].description == "Lowercase")
  }

  @Test func idsAndPiecesBelongTogether() throws {
    var made = MadeTokenizer()
    made.added = "[\(MadeTokenizer.token("[SEP]", "special")),\(MadeTokenizer.token("b"))]"
    let tokenizer = try made()
    #expect(tokenizer.id(of: "[SEP]") == 5)
    #expect(tokenizer.id(of: "##a") == 2)
    #expect(tokenizer.id(of: "c") == nil)
    #expect(tokenizer.tokensByID[5] == Array("[SEP]".utf8))
    #expect(tokenizer.tokensByID[2] == Array("##a".utf8))
    #expect(tokenizer.tokensByID[-1] == nil)
    #expect(tokenizer.isSpecial(5))
    #expect(!tokenizer.isSpecial(3))
    #expect(tokenizer.vocabularyCount == 6)
    #expect(tokenizer.summary.count == 5)
  }
}
