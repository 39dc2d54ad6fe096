import ModelFiles
import Testing

@testable import Tokenizers

@Suite(.timeLimit(.minutes(5))) struct RegexPatternTests {
  private func count(_ regex: String, _ text: String) throws -> Int {
    let regex = try RegexPattern(regex)
    var count = 0
    try Array(text.utf8).withUnsafeBytes { try regex.forEachMatch(in: $0) { _ in count += 1 } }
    return count
  }

  @Test(arguments: [
    "(", "[a", "+", #"\p{Nonsense}"#, #"\p{L"#, #"\p{Emoji}"#, #"\p{Alphabetic}"#, #"\X"#,
    #"[[:alpha:]]"#, "(?W)a", "(?s)a", "(?u)a", "(*FAIL)", "(?{a})", "(?#a)", #"(?<=a*?(?:b)\1)"#,
    String(repeating: "(", count: 1_000) + "a"
      + String(repeating: ")", count: 1_000),
  ])
  func whatCannotBeCompiledIsRefused(regex: String) {
    #expect(throws: FileError.self) { try RegexPattern(regex) }
  }

  @Test func theErrorNamesTheExpression() {
    let error = #expect(throws: FileError.self) { try RegexPattern("(ab") }
    #expect(error?.description.contains("`(ab`") == true)
  }

  @Test(arguments: [
    ("(a+)+$", 28, "b"), ("(a|aa)+$", 60, "b"),
    // A little too much for each character, though less than a match may take.
    ("(?=(?:a|aa){18}z)|.", 20_000, ""),
    // Steps forward, which the library does not count.
    ("(?=.*b)a", 200_000, "b"), ("(?=.*b)(?!a|b)", 200_000, "b"),
    ("(?:(?>.*)b|a)", 200_000, ""), ("(?:(?=.*b)a)*", 200_000, "b"),
    ("(?:(?:.*+c)?a)+", 200_000, ""), (#"(?<x>(?!.*c)a\g<x>|b)"#, 100_000, "b"),
    ("(?:a{1000}){200}b", 199_999, ""),
  ])
  func anExpressionThatTakesTooLongEndsInAnError(regex: String, count: Int, end: String) {
    let error = #expect(throws: FileError.self) {
      try self.count(regex, String(repeating: "a", count: count) + end)
    }
    #expect(error?.description.contains("`\(regex)`") == true)
  }

  @Test func manyPiecesOfATextShareWhatItMayCost() throws {
    let piece = String(repeating: "a", count: 20_000) + "b"
    var preTokens = PreTokenizedText()
    let text = Array(String(repeating: piece, count: 100).utf8)
    text.withUnsafeBytes { preTokens.text.set($0, startsText: true) }
    preTokens.begin { bytes, _, list in
      list = stride(from: 0, to: bytes.count, by: piece.utf8.count).map {
        PreToken(range: $0..<$0 + piece.utf8.count, startsText: false)
      }
    }
    let split = try Split(
      JSON.of(#"{"pattern":{"Regex":"(?=.*b)a"},"behavior":"Isolated","invert":false}"#))
    #expect(throws: FileError.self) { try split(&preTokens) }
  }

  /// tokenizers 0.23.3 put a bullet in the place of each match.
  @Test(arguments: [
    ("(?:(?=.*b)a)*", "aab aa", "•b• •a•a•"),
    ("(?:a++|b)+", "aabba c a", "• c •"),
    ("(?:(?>a|b)c)+", "acbcab", "•ab"),
    (#"(?:(?!\d)\w)+"#, "ab1cd", "•1•"),
    ("(?:a(?<=ba)|b)+", "bab a", "• a"),
    (#"(?<x>\((?:(?>[^()]+)|\g<x>)*\))"#, "(a(b)c) (d", "• (d"),
    ("(?:(?=a)(?!b)a){2}", "aaa", "•a"),
    (#"\Ga"#, "aab", "••b"),
    (#"a\z|^b|c$"#, "bca", "•c•"),
    ("a|(?i)b|c", "aBCb", "••••"),
    ("(?i)a|b", "AB", "••"),
    ("(?x) a # c\n | b", "ab c", "•• c"),
    (#"(a)\1|b"#, "aab", "••"),
    ("", "ab", "•a•b•"),
    ("|a", "aa", "•a•a•"),
    ("(?=é)|b", "ébé", "•é•é"),
    ("(?=a|b(?i)c|d)[a-d]C", "aCbCDC", "••DC"),
    ("(?!b|(?=c))[a-d]", "abcd", "•bc•"),
    ("(?>a|ab)c|b*+", "abcac", "•a•c•"),
  ])
  func countingStepsChangesNoMatch(regex: String, text: String, expected: String) throws {
    var buffer = TextBuffer()
    Array(text.utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
    let json: JSONValue = ["pattern": ["Regex": .string(regex)], "content": "•"]
    try Replace(JSON(json, name: "replace"))(&buffer)
    #expect(String(decoding: buffer.bytes, as: UTF8.self) == expected)
  }

  @Test func theClassesAreOfUnicode16() throws {
    // U+1C89 and U+1C8A are letters since Unicode 16.
    let text = "\u{1C89}\u{1C8A}"
    for (regex, expected) in [
      (#"\p{L}"#, 2), (#"\p{Lu}"#, 1), (#"\P{L}"#, 0), (#"\p{^Lu}"#, 1), (#"\w"#, 2), (#"\W"#, 0),
      (#"[\w]"#, 2), (#"[^\p{Letter}]"#, 0), (#"\b"#, 2), (#"\p{ uppercase-letter }"#, 1),
      (#"[[:word:]]"#, 2), (#"[[:^word:]]"#, 0), (#"[\b]"#, 0),
    ] {
      #expect(try count(regex, text) == expected, "\(regex)")
    }
  }

  @Test func threadsShareAnExpression() async throws {
    let regex = try RegexPattern(#"(\w)\1"#)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var count = 0
          for _ in 0..<500 {
            try Array("aabbcdd".utf8).withUnsafeBytes {
              try regex.forEachMatch(in: $0) { _ in count += 1 }
            }
          }
          return count
        }
      }
      for try await count in group { #expect(count == 1_500) }
    }
  }
}
