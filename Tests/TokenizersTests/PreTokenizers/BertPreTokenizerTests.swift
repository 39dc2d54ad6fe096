import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct BertPreTokenizerTests {
  @Test(arguments: [
    ("", []), ("  ", []), ("ab", ["ab"]), (" a  b ", ["a", "b"]), ("a,b", ["a", ",", "b"]),
    ("...", [".", ".", "."]), ("$+<=>^`|~", ["$", "+", "<", "=", ">", "^", "`", "|", "~"]),
    ("a\u{A0}b\u{3000}c\u{85}d\u{1F}e", ["a", "b", "c", "d\u{1F}e"]),
    // U+2E43 and U+A76 became punctuation after Unicode 8.
    ("a—b\u{2E43}c\u{A76}。", ["a", "—", "b\u{2E43}c\u{A76}", "。"]),
  ])
  func wordsAndMarks(text: String, words: [String]) throws {
    var preTokens = PreTokenizedText()
    Array(text.utf8).withUnsafeBytes { preTokens.text.set($0, startsText: true) }
    preTokens.begin { bytes, startsText, list in
      list = [PreToken(range: 0..<bytes.count, startsText: startsText)]
    }
    try BertPreTokenizer(JSON.of("{}"))(&preTokens)
    let found = preTokens.list.map {
      String(decoding: preTokens.text.bytes[$0.range], as: UTF8.self)
    }
    #expect(found == words)
    #expect(preTokens.list.map(\.startsText) == preTokens.list.map { $0.range.lowerBound == 0 })
  }
}
