import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct StripTests {
  @Test(arguments: [
    (true, true, "ab c", false), (true, false, "ab c\u{85} \n", false),
    (false, true, " \u{3000}ab c", true), (false, false, " \u{3000}ab c\u{85} \n", true),
  ])
  func whiteSpaceAtTheEnds(left: Bool, right: Bool, expected: String, keepsStart: Bool) throws {
    let strip = try Strip(JSON.of(#"{"strip_left":\#(left),"strip_right":\#(right)}"#))
    var text = TextBuffer()
    Array(" \u{3000}ab c\u{85} \n".utf8).withUnsafeBytes { text.set($0, startsText: true) }
    strip(&text)
    #expect(text.bytes == Array(expected.utf8))
    #expect(text.startsText == keepsStart)
  }

  @Test func nothingButWhiteSpaceVanishes() throws {
    let strip = try Strip(JSON.of(#"{"strip_left":true,"strip_right":true}"#))
    #expect(try strip(Array(" \t\u{2028}".utf8)) == [])
    #expect(try strip([]) == [])
  }

  @Test(arguments: ["{}", #"{"strip_left":true}"#, #"{"strip_left":true,"strip_right":1}"#])
  func bothEndsMustBeSaid(json: String) {
    #expect(throws: FileError.self) { try Strip(JSON.of(json)) }
  }
}
