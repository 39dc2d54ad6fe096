import ModelFiles
import Testing

@testable import Tokenizers

/// Words and patterns that take long where time grows faster than they do: seconds, unoptimised; a
/// quadratic step would take hours.
@Suite(.timeLimit(.minutes(5))) struct HostileWordTests {
  private static let many = 250_000

  @Test(arguments: [
    ("a", 62_500), ("ab", 250_000), ("z", 250_000), ("é", 250_000), ("aab", 500_000),
  ])
  func aVeryLongWord(part: String, count: Int) throws {
    let model = try BPE(
      JSON.of(
        #"{"type":"BPE","unk_token":"?","vocab":{"?":0,"a":1,"b":2,"aa":3,"aaaa":4,"ba":5},"#
          + #""merges":["a a","aa aa","b a"]}"#))
    let word = Array(String(repeating: part, count: Self.many).utf8)
    var ids: [Int32] = []
    try word.withUnsafeBytes { try model($0, into: &ids) }
    #expect(ids.count == count || ids.count == count + 1)
  }

  @Test(arguments: [
    WordPattern.gpt2, #"\s+"#, " {2,}", #"\S+"#, "'", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
  ])
  func manyTimesTheSame(pattern: String) throws {
    let literal = try Pattern(literal: pattern)
    let regex = try Pattern(regex: pattern)
    for part in [" ", "'", ".", "a", "\n", " a", "'s", "1", "中", "\u{301}"] {
      let text = Array(String(repeating: part, count: Self.many).utf8)
      try text.withUnsafeBytes { text in
        try literal.forEachMatch(in: text) { _ in }
        if regex.description.count < 80 { try regex.forEachMatch(in: text) { _ in } }
      }
    }
  }

  @Test func aMillionPieces() throws {
    var made = MadeTokenizer()
    made.preTokenizer = #"{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}"#
    made.model = #"{"type":"BPE","vocab":{".":0,"Ġ":1,"'":2},"merges":[]}"#
    let tokenizer = try made()
    for (part, count) in [(".", Self.many + 1), (" ", Self.many), ("'", Self.many + 1)] {
      let text = String(repeating: part, count: Self.many)
      #expect(try tokenizer.encode(text, limit: nil).ids.count == count)
    }
  }
}
