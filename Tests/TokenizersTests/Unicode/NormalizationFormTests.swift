import Testing

@testable import Tokenizers

@Suite struct NormalizationFormTests {
  private func normalized(_ text: String, _ form: NormalizationForm) -> String {
    var buffer = TextBuffer()
    Array(text.utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
    form(&buffer)
    return buffer.bytes.reduce(into: "") { $0 += String($1, radix: 16) + " " }
  }

  private func bytes(_ text: String) -> String {
    text.utf8.reduce(into: "") { $0 += String($1, radix: 16) + " " }
  }

  @Test(arguments: [
    // text, NFD, NFC, NFKD, NFKC
    ["aé", "ae\u{301}", "aé", "ae\u{301}", "aé"],
    ["ﬁ①", "ﬁ①", "ﬁ①", "fi1", "fi1"],
    ["e\u{301}\u{323}", "e\u{323}\u{301}", "ẹ\u{301}", "e\u{323}\u{301}", "ẹ\u{301}"],
    ["각", "\u{1100}\u{1161}\u{11A8}", "각", "\u{1100}\u{1161}\u{11A8}", "각"],
    ["\u{1100}\u{1161}x", "\u{1100}\u{1161}x", "가x", "\u{1100}\u{1161}x", "가x"],
    // Composition is not undone: excluded scripts, singletons, two marks.
    ["\u{958}", "\u{915}\u{93C}", "\u{915}\u{93C}", "\u{915}\u{93C}", "\u{915}\u{93C}"],
    [
      "\u{212B}\u{344}", "A\u{30A}\u{308}\u{301}", "Å\u{308}\u{301}", "A\u{30A}\u{308}\u{301}",
      "Å\u{308}\u{301}",
    ],
    // A mark of the same class bars the way; one of a lower class does not.
    [
      "a\u{302}\u{302}\u{301}", "a\u{302}\u{302}\u{301}", "â\u{302}\u{301}",
      "a\u{302}\u{302}\u{301}", "â\u{302}\u{301}",
    ],
    [
      "\u{301}a\u{323}\u{302}", "\u{301}a\u{323}\u{302}", "\u{301}ậ", "\u{301}a\u{323}\u{302}",
      "\u{301}ậ",
    ],
    // Unicode 12's square of an era is not known.
    ["\u{32FF}\u{33A5}", "\u{32FF}\u{33A5}", "\u{32FF}\u{33A5}", "\u{32FF}m3", "\u{32FF}m3"],
  ])
  func theFourForms(texts: [String]) {
    let forms = [NormalizationForm.nfd, .nfc, .nfkd, .nfkc]
    for (form, expected) in zip(forms, texts.dropFirst()) {
      #expect(normalized(texts[0], form) == bytes(expected))
      #expect(normalized("x" + texts[0] + "中", form).hasSuffix(bytes("中")))
    }
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["\u{301}", "\u{323}\u{301}", "각", "é", "\u{FDFA}"])
  func longRunsTakeLinearTime(part: String) {
    let text = Array(("a" + String(repeating: part, count: 100_000)).utf8)
    for form in [NormalizationForm.nfd, .nfc, .nfkd, .nfkc] {
      var buffer = TextBuffer()
      text.withUnsafeBytes { buffer.set($0, startsText: true) }
      form(&buffer)
      #expect(buffer.bytes.count + 1 >= text.count)
    }
  }
}
