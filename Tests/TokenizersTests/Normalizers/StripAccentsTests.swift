import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct StripAccentsTests {
  @Test(arguments: [
    ("e\u{301}a\u{903}b\u{20DD}", "eab", true), ("é", "é", true), ("\u{301}a", "a", false),
  ])
  func marksVanish(text: String, expected: String, startsText: Bool) throws {
    var buffer = TextBuffer()
    Array(text.utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
    try StripAccents(JSON.of("{}"))(&buffer)
    #expect(buffer.bytes == Array(expected.utf8))
    #expect(buffer.startsText == startsText)
  }
}
