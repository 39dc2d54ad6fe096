import ModelFiles
import Testing

struct JSONStringTests {
  @Test(arguments: [
    (#"\" \\ \/"#, "\" \\ /"), (#"\b\f\n\r\t"#, "\u{8}\u{C}\n\r\t"), (#"\u0041"#, "A"),
    (#"\u00E9\u00e9"#, "éé"), (#"\u0000"#, "\0"), (#"\uFFFF"#, "\u{FFFF}"),
    (#"\ud7ff"#, "\u{D7FF}"),
    (#"\uD83D\uDE00"#, "😀"), (#"\udbff\udfff"#, "\u{10FFFF}"), (#"\ud800\udc00"#, "\u{10000}"),
    (#"\\u0041"#, #"\u0041"#), (#"x\\"#, #"x\"#), ("eight by\\ntes", "eight by\ntes"), ("", ""),
    ("漢字\\t漢字", "漢字\t漢字"),
  ])
  func escapesAreUndone(_ text: String, _ expected: String) throws {
    let string = try parse("\"\(text)\"").string()
    #expect(Array(string.utf8) == Array(expected.utf8))
  }

  @Test(arguments: [
    #"\x"#, #"\'"#, #"\U0041"#, #"\u004"#, #"\u00g1"#, #"\u 041"#, #"\u-041"#, #"\"#, #"\u"#,
    "\\\n", "\\é",
  ])
  func unknownEscapesAreRefused(_ text: String) {
    #expect(
      failure { try parse("\"\(text)\"") }
        == (text == #"\"#
          ? "config.json: line 1, column 1: the string that begins here has no closing quote"
          : "config.json: line 1, column 2: expected one of the escapes "
            + #"\" \\ \/ \b \f \n \r \t \uXXXX, found another"#))
  }

  @Test(arguments: [
    #"\ud800"#, #"\udbff "#, #"\udc00"#, #"\udfff"#, #"\ud83d\ud83d"#, #"\ud83d\u0041"#,
    #"\ud83dx"#,
    #"\ud83d\n"#, #"\ud83d\ude0"#, #"\ude00\ud83d"#,
  ])
  func loneSurrogatesAreRefused(_ text: String) {
    #expect(
      failure { try parse("\"\(text)\"") }
        == "config.json: line 1, column 2: expected a pair of surrogate escapes, found one alone")
  }

  @Test func everyPositionOfAQuoteIsFound() throws {
    for length in 0..<40 {
      let text = String(repeating: "a", count: length)
      #expect(try parse("\"\(text)\"").string() == text)
      #expect(try parse("[\"\(text)é\",\"\(text)\\n\"]")[1]?.string() == text + "\n")
      #expect(failure { try parse("\"\(text)\u{1F}\"") } != nil)
      #expect(failure { try parse("\"\(text)") } != nil)
    }
  }
}
