import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct PatternTests {
  private func matches(_ pattern: Pattern, _ text: String) throws -> [String] {
    try Array(text.utf8).withUnsafeBytes { bytes in
      var found: [String] = []
      try pattern.forEachMatch(in: bytes) {
        found.append(String(decoding: bytes[$0], as: UTF8.self))
      }
      return found
    }
  }

  private func matches(_ regex: RegexPattern, _ text: [UInt8]) throws -> [Range<Int>] {
    try text.withUnsafeBytes { bytes in
      var found: [Range<Int>] = []
      try regex.forEachMatch(in: bytes) { found.append($0) }
      return found
    }
  }

  @Test(arguments: [
    ("a", "banana", ["a", "a", "a"]), ("aa", "aaaaa", ["aa", "aa"]), (".*", "a.*b", [".*"]),
    ("é", "e\u{301}é", ["é"]), ("", "ab", ["", "", ""]), ("x", "", []),
    ("a string of some length", "a string of a string of some length", ["a string of some length"]),
  ])
  func strings(pattern: String, text: String, expected: [String]) throws {
    #expect(try matches(Pattern(literal: pattern), text) == expected)
  }

  @Test(arguments: [
    (#"\d"#, "a1٣½", ["1", "٣"]), (" {2,}", " a  b   ", ["  ", "   "]),
    (#"[^\s]+"#, " ab c\u{A0}d", ["ab", "c", "d"]), (#"\p{N}{1,3}"#, "12345½", ["123", "45½"]),
    (#"(a+)b|c"#, "aabac", ["aab", "c"]), (#"\b\w"#, "ab c\u{1C89}", ["a", "c"]),
    (#"a(?i)b|c"#, "aBacC", ["aB", "ac"]), (#"$"#, "a\nb", ["", ""]),
  ])
  func expressions(regex: String, text: String, expected: [String]) throws {
    #expect(try matches(Pattern(regex: regex), text) == expected)
  }

  /// The expressions that are matched by hand.
  private static let byHand =
    [
      WordPattern.gpt2,
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*"#
        + #"[\r\n]+|\s+(?!\S)|\s+"#,
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"#
        + #"|\s*[\r\n]+|\s+(?!\S)|\s+"#,
    ] + RunPattern.expressions

  @Test(arguments: byHand)
  func whatIsMatchedByHandIsWhatOnigurumaMatches(expression: String) throws {
    let pattern = try Pattern(regex: expression)
    let regex = try RegexPattern(expression)
    #expect(WordPattern(expression) != nil || RunPattern(expression) != nil)
    let parts = [
      "'", "s", "S", "ſ", "T", "re", "VE", "ll", "m", "D", " ", "  ", "\n", "\r\n", "\t", "\u{A0}",
      "1", "23", "½", "٣", "é", "中", "\u{301}", ".", "!", "-", "\u{85}", "\u{1C89}", "🙂", "a",
    ]
    var samples = Samples(seed: 11)
    for _ in 0..<2_000 {
      let text = (0...samples.int(below: 16)).flatMap { _ in
        Array(parts[samples.int(below: parts.count)].utf8)
      }
      var found: [Range<Int>] = []
      try text.withUnsafeBytes { try pattern.forEachMatch(in: $0) { found.append($0) } }
      #expect(try found == matches(regex, text), "\(String(decoding: text, as: UTF8.self))")
    }
  }

  @Test(arguments: ["String", "Regex"])
  func aLongOneIsRefused(kind: String) throws {
    func pattern(_ count: Int) throws {
      _ = try Pattern(JSON.of(#"{"\#(kind)":"\#(String(repeating: "a", count: count))"}"#))
    }
    try pattern(2_048)
    let error = #expect(throws: FileError.self) { try pattern(2_049) }
    #expect(
      error?.description
        == "tokenizer.json: `\(kind)` has 2049 bytes, at most 2048 are supported")
  }

  @Test(arguments: [
    "{}", "[]", "3", #"{"String":1}"#, #"{"Regex":null}"#, #"{"Glob":"a"}"#,
    #"{"String":"a","Regex":"b"}"#, #"{"Regex":"("}"#, #"{"Regex":"a{"}{"#,
  ])
  func whatIsNoPatternIsRefused(json: String) {
    #expect(throws: FileError.self) { try Pattern(JSON.of(json)) }
  }
}
