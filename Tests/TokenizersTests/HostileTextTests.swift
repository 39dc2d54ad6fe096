import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// Texts and tokens that take long where time grows faster than they do: seconds, unoptimised; a
/// quadratic step would take hours.
@Suite(.timeLimit(.minutes(5))) struct HostileTextTests {
  private static let many = 250_000

  private func bert(added: String = "[]") throws -> Tokenizer {
    var made = MadeTokenizer()
    made.normalizer = MadeTokenizer.bert
    made.added = added
    return try made()
  }

  @Test(arguments: ["a", ".", " ", "a\u{301}", "中", "[", "\u{0}", "각"])
  func manyTimesTheSame(scalar: String) throws {
    let text = String(repeating: scalar, count: Self.many)
    let count = try bert().encode(text, limit: nil).ids.count
    #expect([0, 1, Self.many].contains(count))
  }

  @Test func manyMarksOnOneLetter() throws {
    // Signs of tone and dots, which Unicode puts in another order, and which stay.
    let marks = String(repeating: "\u{302F}\u{302E}\u{8D4}\u{8D3}", count: Self.many / 4)
    #expect(try bert().encode("a" + marks).ids == [0])
  }

  @Test func aLongWordOfPieces() throws {
    var made = MadeTokenizer()
    made.model = MadeTokenizer.wordPiece(longestWord: "10000000")
    let word = String(repeating: "a", count: Self.many)
    #expect(try made().encode(word).ids.count == Self.many)
    #expect(try made().encode(word + "c").ids == [0])
  }

  @Test func aLongPieceInAnyWordIsRefused() {
    var made = MadeTokenizer()
    let piece = String(repeating: "a", count: Self.many)
    made.model = MadeTokenizer.wordPiece(
      vocabulary: #"{"[UNK]":0,"\#(piece)":1}"#, longestWord: "10000000")
    #expect(throws: FileError.self) { try made() }
  }

  @Test func aLongAddedToken() throws {
    let long = String(repeating: "a", count: 65_000)
    let tokens = [MadeTokenizer.token(long + "b"), MadeTokenizer.token("a")]
    let tokenizer = try bert(added: "[\(tokens.joined(separator: ","))]")
    #expect(try tokenizer.encode(long).ids == [Int32](repeating: 1, count: 65_000))
    #expect(try tokenizer.encode(long + "b").ids == [5])
  }

  @Test func aHundredThousandAddedTokens() throws {
    let tokens = (0..<100_000).map { MadeTokenizer.token("<\($0)>", "normalized lstrip") }
    let tokenizer = try bert(added: "[\(tokens.joined(separator: ","))]")
    #expect(try tokenizer.encode("<0> <99999>").ids == [5, 100_004])
  }

  @Test(arguments: ["rstrip", "lstrip", "lstrip rstrip", "single_word"])
  func spaceAsAnAddedToken(flags: String) throws {
    let tokenizer = try bert(added: "[\(MadeTokenizer.token(" ", flags))]")
    _ = try tokenizer.encode(String(repeating: " ", count: Self.many))
  }

  @Test func everyByteSequenceIsSurvived() throws {
    let tokenizer = try bert(added: "[\(MadeTokenizer.token("b", "single_word lstrip rstrip"))]")
    for bytes in Samples.hostileTexts(frequent: Array("b".utf8)) {
      let ids = try bytes.withUnsafeBytes { try tokenizer.encode($0, limit: 5).ids }
      #expect(ids.count <= 5)
    }
  }
}
