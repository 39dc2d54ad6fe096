import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct PlacedTokensTests {
  // Where places differ from tokenizers 0.23.3's `offsets`, which of a match that Replace makes one
  // space of has the last character alone, of a cluster that became one character the first, and of
  // bytes all that is unknown beside them. It gives places to tokens that are merged with unknown
  // ones, or come out of their order; here they have none.
  private static let known: [String: (other: Int, none: Int)] = [
    "bpe-byte-fallback.jsonl": (5, 58), "bpe-unknown-fused.jsonl": (0, 15),
    "replace.jsonl": (5, 0), "unigram-bytes.jsonl": (525, 0), "xlm-roberta.jsonl": (13, 0),
    "xlnet.jsonl": (3, 0),
  ]

  @Test(arguments: Fixture.folders("places"))
  func placesAreTheReferencesButWhereItIsVague(name: String) throws {
    let rows = try Fixture.lines(Fixture.path("places/\(name)"))
    let json = try RecordedTokenizer(name: try rows[0].string("tokenizer")).json()
    let processor = try rows[0].present("post_processor").map {
      [("post_processor", JSONValue($0))]
    }
    let tokenizer = try Tokenizer(json.replacing(processor ?? []))
    var (other, none, all) = (0, 0, 0)
    for row in rows.dropFirst() {
      let text = try row.value("text").bytes()
      let tokens = try text.withUnsafeBytes { try tokenizer.placedTokens(of: $0) }
      #expect(try tokens.map(\.id) == row.ints("ids"), "\(row)")
      for (token, place) in zip(tokens, try row.array("places").elements) {
        let ends = try place.elements.map { try $0.int() }
        all += 1
        if token.range == nil {
          none += 1
        } else if token.range != ends[0]..<ends[1] {
          other += 1
        }
      }
    }
    let known = Self.known[name] ?? (0, 0)
    #expect(all > 80)
    #expect((other, none) == known)
  }

  @Test func fixturesAreThere() { #expect(Fixture.folders("places").count >= 19) }

  /// Also where no place is known, tokens are the same.
  @Test(arguments: RecordedTokenizer.all)
  func placesDoNotChangeTokens(recorded: RecordedTokenizer) throws {
    let tokenizer = try Tokenizer(recorded.json())
    for one in try recorded.cases() {
      try one.text.withUnsafeBytes { text in
        let tokens = try tokenizer.placedTokens(of: text)
        #expect(try tokens.map(\.id) == tokenizer.tokens(of: text))
        let ends = tokens.compactMap(\.range)
        #expect(ends.allSatisfy { $0.upperBound <= text.count })
      }
    }
  }

  private func words(_ made: MadeTokenizer, _ text: String) throws -> [String?] {
    let bytes = Array(text.utf8)
    return try bytes.withUnsafeBytes { try made().placedTokens(of: $0) }.map { token in
      token.range.map { String(decoding: bytes[$0], as: UTF8.self) }
    }
  }

  @Test func aPlaceIsWhatWasThereBeforeNormalizing() throws {
    var made = MadeTokenizer()
    made.normalizer = MadeTokenizer.bert
    made.model = MadeTokenizer.wordPiece(vocabulary: ###"{"[UNK]":0,"a":1,"##ab":2,"b":3,".":4}"###)
    #expect(try words(made, " Áa\u{200B}B. ÁB B\0") == ["Á", "a\u{200B}B", ".", "ÁB", "B"])
  }

  @Test func aWordThatIsUnknownIsAPlaceToo() throws {
    #expect(try words(MadeTokenizer(), "aa zz\u{4E2D} a") == ["a", "a", "zz\u{4E2D}", "a"])
  }

  @Test func anAddedTokenHasThePlaceOfTheSpaceThatItTakes() throws {
    var made = MadeTokenizer()
    made.added = "[\(MadeTokenizer.token("<m>", "lstrip special"))]"
    #expect(try words(made, "a <m>a") == ["a", " <m>", "a"])
  }
}
