import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct MergeBoundariesTests {
  private static func boundaries(_ merges: [(String, String)]) throws -> MergeBoundaries {
    var vocabulary = Vocabulary(capacity: 8)
    for (id, piece) in ["a", "b", "c", "é", "ab"].enumerated() {
      try Array(piece.utf8).withUnsafeBytes { try vocabulary.insert($0, id: Int32(id)) }
    }
    var boundaries = MergeBoundaries(vocabulary, capacity: merges.count)
    for (left, right) in merges {
      Array(left.utf8).withUnsafeBytes { left in
        Array(right.utf8).withUnsafeBytes { boundaries.insert(left, $0) }
      }
    }
    return boundaries
  }

  @Test(arguments: [
    ("", [""]), ("a", ["a"]), ("abab", ["ab", "ab"]), ("bca", ["bc", "a"]),
    ("xaxbx", ["xaxbx"]), ("baxb", ["b", "axb"]), ("éaé", ["é", "a", "é"]),
  ])
  func wordsAreCutWhereNoMergeGoes(word: String, expected: [String]) throws {
    let boundaries = try Self.boundaries([("a", "b"), ("ab", "c")])
    var found: [String] = []
    Array(word.utf8).withUnsafeBytes { bytes in
      boundaries.forEachStretch(of: bytes) { found.append(String(decoding: $0, as: UTF8.self)) }
    }
    #expect(found == expected)
  }

  /// Random merges of long words, with characters that vanish, are unknown or become bytes.
  @Test(arguments: [
    "", #""unk_token":"?","#, #""unk_token":"?","fuse_unk":true,"byte_fallback":true,"#,
  ])
  func cutWordsHaveTheSameIDs(more: String) throws {
    var samples = Samples(seed: 9)
    func random(_ bound: Int) -> Int { samples.int(below: bound) }
    for _ in 0..<60 {
      var pieces = ["?", "<0xC3>", "<0xA9>"] + ["a", "b", "c", "d", "e", "f"]
      var merges: [String] = []
      for _ in 0..<random(14) {
        let (left, right) = (
          pieces[1 + random(pieces.count - 1)], pieces[1 + random(pieces.count - 1)]
        )
        if pieces.contains(left + right) { continue }
        pieces.append(left + right)
        merges.append(#"["\#(left)","\#(right)"]"#)
      }
      let vocabulary = pieces.enumerated().map { #""\#($1)":\#($0)"# }.joined(separator: ",")
      let text = #"{\#(more)"vocab":{\#(vocabulary)},"merges":[\#(merges.joined(separator: ","))]"#
      // Two pieces with one id, which no text has: then nothing is cut.
      let whole = text.replacing(#""vocab":{"#, with: #""vocab":{"zz":0,"#)
      let models = try [text + "}", whole + "}"].map { try BPE(JSON.of($0)) }
      for _ in 0..<10 {
        let word = (0..<48 + random(150)).map { _ in "aabbccddefé!"[random(12)] }.joined()
        let ids = try models.map { model in
          var ids: [Int32] = []
          try Array(word.utf8).withUnsafeBytes { try model($0, into: &ids) }
          return ids
        }
        #expect(ids[0] == ids[1], "\(word) \(text)")
      }
    }
  }
}

extension String {
  /// The character at a place.
  fileprivate subscript(_ place: Int) -> String { String(self[index(startIndex, offsetBy: place)]) }
}
