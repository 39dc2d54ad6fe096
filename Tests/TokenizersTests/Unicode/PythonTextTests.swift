import Testing

@testable import Tokenizers

/// What FlauBERT's tokenizer asks of Python 3.11.
@Suite struct PythonTextTests {
  private func made(_ text: String, _ body: (inout TextBuffer) -> Void) -> [UInt8] {
    var buffer = TextBuffer()
    Array(text.utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
    body(&buffer)
    return buffer.bytes
  }

  @Test(arguments: [
    ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"), ("Σ", "σ"), ("ΑΣ", "ας"), ("ΑΣΑ", "ασα"), ("ΑΣ\u{301}", "ας\u{301}"),
    ("ΑΣ\u{AD}Α", "ασ\u{AD}α"), ("Α\u{AD}Σ.", "α\u{AD}ς."), (" Σ", " σ"), ("İ", "i\u{307}"),
    // Not assigned in Unicode 14.
    ("\u{1C89}", "\u{1C89}"),
  ])
  func lowerCase(text: String, expected: String) {
    #expect(made(text) { PythonLowercase()(&$0) } == Array(expected.utf8))
  }

  @Test(arguments: [
    ("e\u{301}", "é"), ("\u{212B}", "Å"), ("\u{344}", "\u{308}\u{301}"),
    ("a\u{327}\u{301}", "á\u{327}"), ("a\u{301}\u{327}", "á\u{327}"),
    ("\u{1112}\u{1161}\u{11AB}", "한"), ("하\u{11AB}", "한"), ("한\u{11AB}", "한\u{11AB}"),
    ("\u{958}", "\u{915}\u{93C}"), ("\u{11935}\u{11930}", "\u{11938}"), ("\u{301}e", "\u{301}e"),
    ("e\u{323}\u{323}\u{301}", "ẹ\u{323}\u{301}"),
  ])
  func composition(text: String, expected: String) {
    #expect(made(text) { NormalizationForm.pythonNFC(&$0) } == Array(expected.utf8))
  }

  @Test func whiteSpaceIsPythons() {
    let text = Array("\u{1C}a b\u{85}c\u{A0}\u{200B}\u{3000}".utf8)
    text.withUnsafeBytes { bytes in
      #expect(
        bytes.pythonWords().map { Array(bytes[$0]) }
          == ["a", "b", "c", "\u{200B}"].map { Array($0.utf8) })
      #expect(bytes.pythonStripped() == 1..<text.count - 3)
    }
  }

  @Test(arguments: [
    ("", [], []), ("a", [], ["a"]), ("a\n", ["a"], ["a"]),
    ("a\r\nb\rc\n\nd", ["a", "b", "c", ""], ["a", "b", "c", "", "d"]),
    ("\r\n", [""], [""]), ("\n\r", ["", ""], ["", ""]),
  ])
  func lines(text: String, terminated: [String], all: [String]) {
    Array(text.utf8).withUnsafeBytes { bytes in
      for (lines, unterminated) in [(terminated, false), (all, true)] {
        let found = bytes.pythonLines(unterminated: unterminated)
        #expect(found.map { String(decoding: bytes[$0], as: UTF8.self) } == lines)
      }
    }
  }
}
