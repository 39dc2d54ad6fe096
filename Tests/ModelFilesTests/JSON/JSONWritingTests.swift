import ModelFiles
import Testing

struct JSONWritingTests {
  @Test(arguments: [
    ("", #""""#), ("abc", #""abc""#), ("a\"b\\c/", #""a\"b\\c/""#),
    ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
    ("\0\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""), ("é漢😀", #""é漢😀""#),
    ("exactly8", #""exactly8""#), ("\"starts and ends\"", #""\"starts and ends\"""#),
    ("more than eight, then\none", #""more than eight, then\none""#),
  ])
  func textIsQuoted(_ text: String, _ expected: String) {
    #expect(quoted(Array(text.utf8)) == Array(expected.utf8))
  }

  @Test func whatIsWrittenReadsTheSame() throws {
    for length in 0..<20 {
      for byte in 0..<0x80 as Range<UInt8> {
        let text = [UInt8](repeating: 0x61, count: length) + [byte] + [0x62, 0x63]
        #expect(try JSON(quoted(text), name: "text").withUTF8 { Array($0) } == text)
      }
    }
  }

  @Test func textIsAppended() {
    var output = Array("[".utf8)
    output.appendJSON(string: "a")
    #expect(output == Array("[\"a\"".utf8))
  }

  private func quoted(_ text: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.appendJSON(string: text)
    return output
  }
}
