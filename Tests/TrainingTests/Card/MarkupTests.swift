import Testing

@testable import Training

@Suite struct MarkupTests {
  @Test(arguments: [
    ("a snake_case word", "a snake_case word"), ("_a_ *b*", "&#95;a&#95; &#42;b&#42;"),
    ("a | b", "a &#124; b"), ("one\ntwo\tthree\u{0}", "one<br>two three "),
    ("</code><script>", "&#60;/code&#62;&#60;script&#62;"),
    ("[l](x) `c` $d$ \\", "&#91;l&#93;(x) &#96;c&#96; &#36;d&#36; &#92;"),
    ("한국어 & é", "한국어 &#38; é"),
  ])
  func whatHasAMeaningInMarkdownLosesIt(text: String, expected: String) {
    #expect(Markup.plain(text) == expected)
  }

  @Test func longTextsAreCut() {
    #expect(Markup.plain(String(repeating: "é", count: 1001)).unicodeScalars.count == 1003)
    #expect(Markup.plain(String(repeating: "é", count: 1000)).unicodeScalars.count == 1000)
  }

  @Test(arguments: [
    ("no", "\"no\""), ("a \"b\" \\", "\"a \\\"b\\\" \\\\\""),
    ("a: b\n---\n", "\"a: b\\u000a---\\u000a\""),
    ("\u{2028}\u{FEFF}\u{85}", "\"\\u2028\\ufeff\\u0085\""), ("é 😀", "\"é 😀\""),
  ])
  func aStringOfYAMLStaysOnItsLine(text: String, expected: String) {
    #expect(Markup.yaml(text) == expected)
  }

  @Test func columnsAreAsWideAsTheirCells() {
    #expect(
      Markup.table(["a", "bcd"], [["**x**", "1"]], indent: "  ")
        == "  | a     | bcd |\n  |:------|:----|\n  | **x** | 1   |\n")
    #expect(Markup.table(["a"], [["b"]], isCentred: true) == "| a |\n|:-:|\n| b |\n")
  }

  @Test(arguments: [
    (0.123456, 4, "0.1235"), (1, 4, "1.0"), (3, 0, "3"), (4.5, 2, "4.5"), (.nan, 4, "nan"),
    (-.infinity, 4, "-inf"), (1e300, 4, "1e+300"), (0.00001, 4, "0.0"),
  ])
  func numbersAreRoundedAsPythonDoes(value: Double, decimals: Int, expected: String) {
    #expect(Markup.rounded(value, decimals) == expected)
  }
}
