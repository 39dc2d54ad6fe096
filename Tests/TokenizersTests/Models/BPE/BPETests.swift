import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct BPETests {
  /// A model of the letters a to d and what `merges` make, with more members before those.
  private func model(
    _ merges: String = #"[["a","b"],["ab","c"],["b","c"]]"#, _ more: String = "",
    vocabulary: String = #"{"a":0,"b":1,"c":2,"d":3,"ab":4,"abc":5,"bc":6,"?":7}"#
  ) -> String {
    #"{"type":"BPE",\#(more)"vocab":\#(vocabulary),"merges":\#(merges)}"#
  }

  private func ids(_ word: String, _ model: String) throws -> [Int32] {
    let model = try TokenModels.make(JSON.of(model))
    var ids: [Int32] = [42]
    try Array(word.utf8).withUnsafeBytes { try model($0, into: &ids) }
    return Array(ids.dropFirst())
  }

  @Test(arguments: [
    ("", []), ("a", [0]), ("abc", [5]), ("abbc", [4, 6]), ("bcabcd", [6, 5, 3]), ("azb", [4]),
    ("zz", []),
  ])
  func theLowestRankAndLeftmostFirst(word: String, expected: [Int32]) throws {
    #expect(try ids(word, model()) == expected)
    #expect(try ids(word, model(##"["#version: 0.2","a b","ab c","b c"]"##)) == expected)
  }

  @Test func ofTheSamePairTheLastRankCounts() throws {
    #expect(try ids("abc", model(#"[["a","b"],["b","c"],["a","b"]]"#)) == [0, 6])
  }

  @Test func theUnknownIsFusedIfTheFileSaysSo() throws {
    #expect(try ids("azzb", model("[]", #""unk_token":"?","#)) == [0, 7, 7, 1])
    #expect(try ids("azzb", model("[]", #""unk_token":"?","fuse_unk":true,"#)) == [0, 7, 1])
    #expect(throws: FileError.self) { try ids("az", model("[]", #""unk_token":"!","#)) }
    #expect(try ids("ab", model("[]", #""unk_token":"!","#)) == [0, 1])
  }

  @Test func bytesComeBeforeTheUnknownThatIsPending() throws {
    let vocabulary = #"{"a":0,"?":1,"<0xC3>":2,"<0xA9>":3,"<0x0A>":4}"#
    let more = #""unk_token":"?","byte_fallback":true,"#
    for (word, expected) in [("zéa", [2, 3, 1, 0]), ("zè\n", [1, 4, 1])] as [(String, [Int32])] {
      #expect(try ids(word, model("[]", more, vocabulary: vocabulary)) == expected)
    }
  }

  @Test func wholeWordsComeFirstIfTheFileSaysSo() throws {
    let vocabulary = #"{"a":0,"b":1,"ab":2,"aba":3}"#
    let merges = #"[["a","b"]]"#
    #expect(try ids("aba", model(merges, vocabulary: vocabulary)) == [2, 0])
    #expect(try ids("aba", model(merges, #""ignore_merges":true,"#, vocabulary: vocabulary)) == [3])
  }

  @Test func aFileWithoutATypeIsKnownByItsMerges() throws {
    #expect(try ids("ab", #"{"vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]}"#) == [2])
  }

  @Test func oneShortWordAndOneLongAreMergedAlike() throws {
    let text = String(repeating: "abcdbcab", count: 3)
    let short = try ids(text, model())
    #expect(try ids(String(repeating: text, count: 50), model()) == (0..<50).flatMap { _ in short })
  }

  @Test(arguments: [
    #""dropout":0.1,"#, #""dropout":"0","#, #""unk_token":1,"#, #""fuse_unk":1,"#,
    #""byte_fallback":"true","#, #""ignore_merges":0,"#,
    #""end_of_word_suffix":"\#(String(repeating: "w", count: 17))","#,
  ])
  func aBadMemberIsRefused(member: String) {
    #expect(throws: FileError.self) { try ids("a", model("[]", member)) }
  }

  @Test(arguments: [
    "null", "{}", "[1]", #"["a"]"#, #"["a b c"]"#, #"["a  b"]"#, #"[["a"]]"#, #"[["a","b","c"]]"#,
    #"[["a",1]]"#, #"[["a","b"],"a b"]"#, #"["a b",["a","b"]]"#, #"[["a","z"]]"#, #"[["z","a"]]"#,
    // The pieces are there, but not what they make.
    #"[["c","d"]]"#, #"["d abc"]"#,
  ])
  func aBadMergeIsRefused(merges: String) {
    #expect(throws: FileError.self) { try ids("a", model(merges)) }
  }

  @Test func aPieceShorterThanThePrefixIsRefused() {
    let prefix = #""continuing_subword_prefix":"--","#
    #expect(throws: FileError.self) { try ids("a", model(#"[["a","b"]]"#, prefix)) }
  }

  @Test func aWordOfTooManySymbolsIsRefused() throws {
    try BPE.checkCount(Int(Int32.max) - 1, "symbols")
    let error = #expect(throws: FileError.self) { try BPE.checkCount(Int(Int32.max), "symbols") }
    #expect(
      error?.description
        == "a word has 2147483647 symbols, at most 2147483646 are supported; split the text")
  }

  @Test func dropoutOfNothingIsNone() throws {
    for dropout in ["0", "0.0", "null"] {
      #expect(try ids("ab", model(#"["a b"]"#, #""dropout":\#(dropout),"#)) == [4])
    }
  }
}
