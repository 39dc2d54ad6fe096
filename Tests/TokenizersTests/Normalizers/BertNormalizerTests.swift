import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct BertNormalizerTests {
  @Test func aLostStartIsRemembered() throws {
    let normalizer = try BertNormalizer(JSON.of(MadeTokenizer.bert))
    for (text, startsText) in [("a\u{0}", true), ("\u{0}a", false), ("\u{301}a", false)] {
      var buffer = TextBuffer()
      Array(text.utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
      normalizer(&buffer)
      #expect(buffer.bytes == [UInt8(ascii: "a")])
      #expect(buffer.startsText == startsText)
    }
  }

  @Test func itSaysWhatItDoes() throws {
    let normalizer = try BertNormalizer(JSON.of(MadeTokenizer.bert))
    #expect(
      normalizer.description
        == "BertNormalizer: clean text, spaces around CJK, accents stripped, lower case")
  }
}
