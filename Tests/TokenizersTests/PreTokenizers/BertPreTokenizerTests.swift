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
    var pieces = Pieces()
    Array(text.utf8).withUnsafeBytes { pieces.text.set($0, startsText: true) }
    pieces.begin { bytes, startsText, list in
      list = [Piece(range: 0..<bytes.count, startsText: startsText)]
    }
    try BertPreTokenizer(JSON.of("{}"))(&pieces)
    let found = pieces.list.map { String(decoding: pieces.text.bytes[$0.range], as: UTF8.self) }
    #expect(found == words)
    #expect(pieces.list.map(\.startsText) == pieces.list.map { $0.range.lowerBound == 0 })
  }
}
