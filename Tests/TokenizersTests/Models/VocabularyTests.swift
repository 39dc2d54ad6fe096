import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct VocabularyTests {
  @Test func ofTheSamePieceTheLastCounts() throws {
    let vocabulary = try Vocabulary(JSON.of(#"{"a":1,"b":2,"a":3,"\u0061":4}"#))
    #expect(vocabulary.count == 2)
    #expect(vocabulary.id(of: "a") == 4)
    #expect(vocabulary.largestID == 4)
  }

  @Test func piecesAreBytes() throws {
    // Equal to Swift, canonically equivalent to Unicode, different to a tokenizer.
    let pieces = ["\u{E9}", "e\u{301}", ";", "\u{37E}", "\u{AC00}", "\u{1100}\u{1161}"]
    var vocabulary = Vocabulary(capacity: 0)
    for (id, piece) in pieces.enumerated() {
      try Array(piece.utf8).withUnsafeBytes { try vocabulary.insert($0, id: Int32(id)) }
    }
    #expect(pieces.map { vocabulary.id(of: $0) } == [0, 1, 2, 3, 4, 5])
  }

  @Test func piecesAreFoundByTheirIDs() throws {
    var vocabulary = Vocabulary(capacity: 0)
    func insert(_ piece: String, _ id: Int32) throws {
      try Array(piece.utf8).withUnsafeBytes { try vocabulary.insert($0, id: id) }
    }
    func pieces(_ ids: Set<Int32>) -> [Int32: String] {
      vocabulary.pieces(of: ids).mapValues { String(decoding: $0, as: UTF8.self) }
    }
    try insert("a", 0)
    try insert("b", 1)
    #expect(pieces([-1, 0, 1, 2]) == [0: "a", 1: "b"])
    // Later ones, and other ids for those that are there, count as well.
    try insert("c", 7)
    #expect(pieces([0, 2, 7]) == [0: "a", 7: "c"])
    try insert("c", 2)
    #expect(pieces([0, 2, 7]) == [0: "a", 2: "c"])
    try insert("d", 0)
    #expect(pieces([0, 1]) == [0: "d", 1: "b"])
  }

  @Test func itGrows() throws {
    var vocabulary = Vocabulary(capacity: 0)
    for id in 0..<20_000 {
      try Array("piece \(id)".utf8).withUnsafeBytes { try vocabulary.insert($0, id: Int32(id)) }
    }
    #expect((0..<20_000).allSatisfy { vocabulary.id(of: "piece \($0)") == Int32($0) })
    #expect(vocabulary.id(of: "piece 20000") == nil)
  }

  @Test func aLongTokenIsRefused() throws {
    _ = try Vocabulary(pieces: [[UInt8](repeating: 0x61, count: 65_536)])
    let error = #expect(throws: FileError.self) {
      try Vocabulary(pieces: [[UInt8](repeating: 0x61, count: 65_537)])
    }
    #expect(
      error?.description
        == "a token has 65537 bytes, at most 65536 are supported; check the vocabulary")
  }

  @Test func theLongestPieceEndsBetweenScalars() throws {
    let vocabulary = try Vocabulary(JSON.of(#"{"":9,"a":0,"aé":1,"aéb":2,"中":3}"#))
    let cases: [(String, Int32?, Int)] = [
      ("aébb", 2, 4), ("aéc", 1, 3), ("aê", 0, 1), ("中中", 3, 3), ("丮", nil, 0), ("", nil, 0),
    ]
    for (text, id, length) in cases {
      let found = Array(text.utf8).withUnsafeBytes { vocabulary.longestPiece(startingText: $0) }
      #expect(found?.id == id)
      #expect(found?.length ?? 0 == length)
    }
  }
}
