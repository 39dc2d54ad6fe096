import Testing

@testable import Tokenizers

@Suite struct RewriteTests {
  private func rewritten(_ text: String, _ rule: Rewrite) -> String {
    var buffer = TextBuffer()
    Array(text.utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
    rule(&buffer)
    return String(decoding: buffer.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    ("", ""), ("a", "a"), ("''", "\""), ("'''", "\"'"), ("''''", "\"\""), ("a''b'", "a\"b'"),
  ])
  func matchesDoNotOverlap(text: String, expected: String) {
    #expect(rewritten(text, Rewrite("''", "\"")) == expected)
  }

  @Test(arguments: [
    ("1-2", "1,2"), ("1-2-3", "1,2-3"), ("1-2-3-4", "1,2-3,4"), ("-1", "-1"), ("1-", "1-"),
    ("é-1", "é-1"), ("12-34-5", "12,34,5"),
  ])
  func neighboursBelongToAMatch(text: String, expected: String) {
    let isDigit: Rewrite.Test = { $0 &- 0x30 < 10 }
    #expect(rewritten(text, Rewrite("-", ",", before: isDigit, after: isDigit)) == expected)
  }
}
