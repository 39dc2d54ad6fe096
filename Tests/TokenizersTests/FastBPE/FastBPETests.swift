import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct FastBPETests {
  private func ids(_ word: String, _ merges: String, _ vocabulary: String) throws -> [Int32] {
    let model = try FastBPE(
      JSON.of(#"{"unk_token":"?","vocab":\#(vocabulary),"merges":"\#(merges)"}"#))
    var ids: [Int32] = []
    try Array(word.utf8).withUnsafeBytes { try model($0, into: &ids) }
    return ids
  }

  private static let vocabulary =
    #"{"?":0,"a":1,"b":2,"a</w>":3,"b</w>":4,"ab":5,"aba":6,"aa":7,"ab</w>":8,"bab":9}"#

  @Test(arguments: [
    ("", "", []), ("a", "", [3]), ("ab", "", [1, 4]), ("abc", "", [1, 2, 0]),
    ("abab", #"a b\n"#, [5, 1, 4]), ("aaa", #"a a\n"#, [7, 3]), ("aaaaa", #"a a\n"#, [7, 7, 3]),
    ("ab", #"a b</w> 17\n"#, [8]),
    // The last line is none without its end.
    ("ab", "a b</w>", [1, 4]),
    // All occurrences of a pair are united before a better pair that comes of it.
    ("ababac", #"ab a\na b\n"#, [5, 6, 0]), ("abababb", #"ab ab\na b\n"#, [0, 5, 4]),
    // Of two lines with the same pair the last counts.
    ("babb", #"a b\nb a\na b\n"#, [0, 2, 4]),
  ])
  func pairsAreUnited(word: String, merges: String, expected: [Int32]) throws {
    #expect(try ids(word, merges, Self.vocabulary) == expected)
  }

  @Test func anUnknownPieceNeedsAToken() throws {
    #expect(throws: FileError.self) { try ids("c", "", #"{"a":1}"#) }
  }
}
