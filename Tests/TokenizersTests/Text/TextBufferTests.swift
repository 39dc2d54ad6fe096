import Testing

@testable import Tokenizers

@Suite struct TextBufferTests {
  private func buffer(_ text: String) -> TextBuffer {
    var buffer = TextBuffer()
    Array(text.utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
    return buffer
  }

  @Test func theFirstCharacterBeginsTheText() {
    #expect(buffer("éa").startCount == 2)
    #expect(buffer("").startCount == 0)
    #expect(!buffer("").startsText)
  }

  @Test func whatItBecomesBeginsTheTextToo() {
    var fraction = buffer("½a")
    NormalizationForm.nfkd(&fraction)
    #expect(fraction.bytes == Array("1⁄2a".utf8))
    #expect(fraction.startCount == 5)
    fraction.rewrite { source, output in output.append(contentsOf: source) }
    #expect(fraction.startCount == 1)
  }

  @Test func itCanBeLost() {
    var marks = buffer("\u{301}a")
    marks.rewriteEach { source, output in output.append(contentsOf: source.filter { $0 < 0x80 }) }
    #expect(marks.bytes == [0x61])
    #expect(!marks.startsText)
  }

  @Test func wholeCharactersBeginIt() {
    var text = buffer("aé")
    text.begin(2)
    #expect(text.startCount == 3)
    text.begin(9)
    #expect(text.startCount == 3)
  }
}
