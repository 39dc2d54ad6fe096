import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct UnigramTests {
  private static let toy = #"[["<unk>",0],["a",-1],["b",-1.5],["ab",-2],["xy",-3]]"#

  @Test(arguments: [
    ("", []), ("ab", [3]), ("ba", [2, 1]), ("abab", [3, 3]), ("xya", [4, 1]),
    // Unknown characters in a row are one; so is the unknown piece itself.
    ("zza中xyz", [0, 1, 0, 4, 0]), ("z<unk>z", [0]), ("<unk>", [0]),
  ])
  func theBestPath(text: String, expected: [Int32]) throws {
    #expect(try MadeTokenizer.unigram(Self.toy)().encode(text).ids == expected)
  }

  @Test func ofEqualPathsTheOneWhoseLastPieceStartsFirst() throws {
    let made = MadeTokenizer.unigram(#"[["<unk>",0],["a",-1],["aa",-2],["aaa",-3]]"#)
    #expect(try made().encode("aaaa").ids == [1, 3])
  }

  @Test func ofTheSamePieceTheLastCounts() throws {
    var made = MadeTokenizer.unigram(#"[["<unk>",0],["ab",-9],["a",-1],["b",-1],["ab",-1]]"#)
    made.added = "[\(MadeTokenizer.token("x"))]"
    #expect(try made().encode("abx").ids == [4, 5])
    // The score that does not count is the smallest all the same, which the unknown one follows.
    let low = #"[["<unk>",0],["ab",-90],["a",-1],["b",-60],["ab",-1.5],["axb",-99]]"#
    #expect(try MadeTokenizer.unigram(low)().encode("axb").ids == [5])
  }

  @Test func anUnknownTextThatIsAPieceIsThatPiece() throws {
    // Three unknown characters are worth 30, but their text is looked up.
    let made = MadeTokenizer.unigram(#"[["<unk>",20],["zzz",20]]"#)
    #expect(try made().encode("zz").ids == [0])
    #expect(try made().encode("zzz").ids == [1])
  }

  @Test func bytesStandForWhatIsUnknown() throws {
    let bytes = [0x7A, 0xC3, 0xA9].map { #"["<0x\#(String($0, radix: 16, uppercase: true))>",-1]"# }
    let vocabulary = "[[\"<unk>\",0],[\"a\",-1],\(bytes.joined(separator: ","))]"
    let made = MadeTokenizer.unigram(vocabulary, bytes: "true")
    #expect(try made().encode("azéa").ids == [1, 2, 3, 4, 1])
    // All bytes of a run or none.
    #expect(try made().encode("aéyza").ids == [1, 0, 1])
    #expect(try MadeTokenizer.unigram(vocabulary)().encode("azéa").ids == [1, 0, 1])
  }

  @Test func withoutAnUnknownPieceAnUnknownCharacterIsAnError() throws {
    let made = MadeTokenizer.unigram(#"[["a",-1],["b",-1],["bc",-1]]"#, unknown: "null")
    // Here a piece from before covers the character.
    #expect(try made().encode("abca").ids == [0, 2, 0])
    #expect(throws: FileError.self) { try made().encode("cb") }
  }

  @Test func anEmptyPieceIsNeverFound() throws {
    #expect(try MadeTokenizer.unigram(#"[["",5],["a",-1]]"#)().encode("aa").ids == [1, 1])
  }

  @Test func scoresCanBeExact() throws {
    // As serde_json reads them, the one score is less than twice the other.
    let vocabulary = #""vocab":[["<unk>",0],["a",-4.575244425409053],["aa",-9.150488850818107]]"#
    for (key, ids) in [("", [1, 1, 1, 2, 2]), (#""exact_scores":true,"#, [1, 2, 2, 2])] {
      var made = MadeTokenizer.unigram("[]")
      made.model = #"{"type":"Unigram","unk_id":0,\#(key)\#(vocabulary)}"#
      #expect(try made().encode("aaaaaaa").ids == ids.map(Int32.init))
    }
  }

  @Test(arguments: [
    "{}", #"["a"]"#, #"[["a"]]"#, #"[["a",0,0]]"#, #"[[1,0]]"#, #"[["a","0"]]"#, #"[["a",null]]"#,
    #"[["a",1e400]]"#, #"[["a",-1e309]]"#, #"[["a",NaN]]"#, #"[["a",Infinity]]"#, "null",
  ])
  func aWrongVocabularyIsRefused(vocabulary: String) {
    #expect(throws: FileError.self) { try MadeTokenizer.unigram(vocabulary)() }
  }

  @Test(arguments: ["5", "-1", "1.0", "99999999999999999999", "\"0\"", "[]"])
  func anUnknownPieceThatIsNoneIsRefused(unknown: String) {
    #expect(throws: FileError.self) { try MadeTokenizer.unigram(Self.toy, unknown: unknown)() }
  }

  @Test(arguments: ["null", "1", "\"\""])
  func byteFallbackIsTrueOrFalse(bytes: String) {
    #expect(throws: FileError.self) { try MadeTokenizer.unigram(Self.toy, bytes: bytes)() }
  }

  @Test func aLongPieceIsRefused() {
    let piece = String(repeating: "a", count: 1_025)
    #expect(throws: FileError.self) { try MadeTokenizer.unigram(#"[["\#(piece)",0]]"#)() }
  }

  @Test func anEmptyVocabularyKnowsNothing() throws {
    let made = MadeTokenizer.unigram("[]", unknown: "null")
    #expect(try made().encode("").ids == [])
    #expect(throws: FileError.self) { try made().encode("a") }
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["a", "z", "中", "e\u{301}", "!", "é"])
  func aLongWordTakesLinearTime(part: String) throws {
    let pieces = (1...64).map { #"["\#(String(repeating: "a", count: $0))",-\#($0)]"# }
    let made = MadeTokenizer.unigram("[[\"<unk>\",0],\(pieces.joined(separator: ",")),[\"!\",-1]]")
    let text = String(repeating: part, count: 250_000)
    let count = try made().encode(text).ids.count
    #expect([1, 250_000 / 64 + 1, 250_000].contains(count))
  }

  @Test func everyByteSequenceIsSurvived() throws {
    let model = try Unigram(
      JSON.of(MadeTokenizer.unigramModel(#"[["<unk>",0],["é",-1],["b",-1]]"#)))
    for bytes in Samples.hostileTexts(frequent: [0x62, 0xC3, 0xA9, 0xF0, 0x80]) {
      var ids: [Int32] = []
      try bytes.withUnsafeBytes { try model($0, into: &ids) }
      #expect(ids.count <= bytes.count)
    }
  }
}
