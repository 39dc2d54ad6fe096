import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct ReplaceTests {
  private func replace(_ pattern: String, _ content: String) throws -> Replace {
    try Replace(JSON.of(#"{"pattern":\#(pattern),"content":"\#(content)"}"#))
  }

  @Test(arguments: [
    (#"{"String":"''"}"#, "-", "a'''b''", "a-'b-"),
    (#"{"Regex":" {2,}"}"#, "▁", " a  b   ", " a▁b▁"),
    (#"{"String":"a.c"}"#, "$0", "abc a.c", "abc $0"), (#"{"String":"é"}"#, "", "éaé", "a"),
    (#"{"String":"x"}"#, "y", "", ""),
  ])
  func theContentIsPutAsItIs(
    pattern: String, content: String, text: String, expected: String
  ) throws {
    let result = try replace(pattern, content)(Array(text.utf8))
    #expect(String(decoding: result, as: UTF8.self) == expected)
  }

  @Test func aLostStartIsRemembered() throws {
    for (text, content, startsText) in [
      ("ab", "x", true), ("ab", "", false), ("ba", "", true), ("aab", "x", true),
    ] {
      var buffer = TextBuffer()
      Array(text.utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
      try replace(#"{"String":"a"}"#, content)(&buffer)
      #expect(buffer.startsText == startsText, "\(text) \(content)")
    }
    // Two characters become one, which comes from the second.
    var buffer = TextBuffer()
    Array("aab".utf8).withUnsafeBytes { buffer.set($0, startsText: true) }
    try replace(#"{"String":"aa"}"#, "x")(&buffer)
    #expect(!buffer.startsText)
  }

  @Test func aTextThatGrowsWithoutEndIsRefused() throws {
    let content = String(repeating: "b", count: 10_000)
    let replace = try replace(#"{"String":"a"}"#, content)
    #expect(throws: FileError.self) { try replace(Array(repeating: 0x61, count: 100)) }
  }

  @Test(arguments: [
    "{}", #"{"pattern":{"String":"a"}}"#, #"{"pattern":"a","content":"b"}"#,
    #"{"pattern":{"String":"a"},"content":null}"#, #"{"pattern":{"Regex":"("},"content":""}"#,
  ])
  func whatIsWrongIsRefused(json: String) {
    #expect(throws: FileError.self) { try Replace(JSON.of(json)) }
  }
}
