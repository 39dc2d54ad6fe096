import ModelFiles
import Testing

@testable import Tokenizers

@Suite(.timeLimit(.minutes(2))) struct RegexPatternTests {
  private func count(_ regex: String, _ text: String) throws -> Int {
    let regex = try RegexPattern(regex)
    var count = 0
    try Array(text.utf8).withUnsafeBytes { try regex.forEachMatch(in: $0) { _ in count += 1 } }
    return count
  }

  @Test(arguments: [
    "(", "[a", "+", #"\p{Nonsense}"#, #"\p{L"#, #"\p{Emoji}"#, #"\p{Alphabetic}"#, #"\X"#,
    #"[[:alpha:]]"#, "(?W)a", "(?s)a", "(?u)a", "(*FAIL)", "(?{a})", "(?#a)", #"(?<=a*?(?:b)\1)"#,
    String(repeating: "a", count: 20_000),
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
    ("(a+)+$", String(repeating: "a", count: 28) + "b"),
    ("(a|aa)+$", String(repeating: "a", count: 60) + "b"),
    // A little too much for each character, though less than a match may take.
    ("(?=(?:a|aa){18}z)|.", String(repeating: "a", count: 20_000)),
  ])
  func anExpressionThatTakesTooLongEndsInAnError(regex: String, text: String) {
    #expect(throws: FileError.self) { try count(regex, text) }
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
