import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct NmtTests {
  @Test func controlsVanishOrBecomeSpaces() throws {
    let nmt = try Nmt(JSON.of("{}"))
    let text = "\u{0}\u{1}\u{8}\u{9}\u{A}\u{B}\u{C}\u{D}\u{E}\u{1F} \u{7F}\u{80}\u{8F}\u{9F}\u{AD}"
    #expect(
      String(decoding: try nmt(Array(text.utf8)), as: UTF8.self) == "\u{0}     \u{80}\u{AD}")
    let spaces = "\u{1680}\u{200A}\u{200B}\u{200F}\u{2010}\u{2028}\u{2029}\u{2581}\u{FEFF}\u{FFFD}"
    #expect(
      String(decoding: try nmt(Array(spaces.utf8)), as: UTF8.self) == " \u{200A}  \u{2010}     ")
  }

  @Test func aLostStartIsRemembered() throws {
    for (text, startsText) in [("\u{1}a", false), ("a\u{1}", true), ("\u{9}", true)] {
      var buffer = TextBuffer()
      Array(text.utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
      try Nmt(JSON.of("{}"))(&buffer)
      #expect(buffer.startsText == startsText)
    }
  }
}
