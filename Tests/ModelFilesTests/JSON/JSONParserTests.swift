import ModelFiles
import Testing

struct JSONParserTests {
  @Test(arguments: [
    "null", "true", "false", "0", "-0", "10", "-1.5", "1e5", "1E+05", "1.0e-10", "123456789012",
    "\"\"", "\"abc\"", "\"é漢😀\"", "[]", "[ ]", "{}", "{ }", "[1]", "[[],{}]", "{\"\":0}",
    " \t\r\n[ 1 ,\n\t2 ]\r\n ", "                null                ", "{\"a\":{\"a\":[{}]}}",
    "\"\u{7F}\u{80}\"", "\"a string of more than eight bytes, then é, and then more\"",
  ])
  func acceptedText(_ text: String) throws {
    _ = try parse(text)
  }

  @Test(arguments: [
    ("", "line 1, column 1: expected a value, found the end of the text"),
    (" \n ", "line 2, column 2: expected a value, found the end of the text"),
    ("]", "line 1, column 1: expected a value, found `]`"),
    ("nul", "line 1, column 1: expected `null`, found another word"),
    ("True", "line 1, column 1: expected a value, found `T`"),
    ("NaN", "line 1, column 1: expected a value, found `N`"),
    ("truth", "line 1, column 1: expected `true`, found another word"),
    ("nulls", "line 1, column 5: expected the end of the text, found `s`"),
    ("{} {}", "line 1, column 4: expected the end of the text, found `{`"),
    ("1 \u{0}", "line 1, column 3: expected the end of the text, found the byte 0x00"),
    ("é", "line 1, column 1: expected a value, found the byte 0xc3"),
    ("\u{C}1", "line 1, column 1: expected a value, found the byte 0x0c"),
    ("+1", "line 1, column 1: expected a value, found `+`"),
    (".5", "line 1, column 1: expected a value, found `.`"),
    ("-", "line 1, column 2: expected a digit, found the end of the text"),
    ("-a", "line 1, column 2: expected a digit, found `a`"),
    ("01", "line 1, column 1: expected a number without leading zeros"),
    ("[-00]", "line 1, column 3: expected a number without leading zeros"),
    ("1.", "line 1, column 3: expected a digit after the point, found the end of the text"),
    ("[1.e5]", "line 1, column 4: expected a digit after the point, found `e`"),
    ("1e", "line 1, column 3: expected a digit in the exponent, found the end of the text"),
    ("1e+x", "line 1, column 4: expected a digit in the exponent, found `x`"),
    ("0x10", "line 1, column 2: expected the end of the text, found `x`"),
    ("[1 2]", "line 1, column 4: expected `,` or `]`, found `2`"),
    ("[1,]", "line 1, column 4: expected a value, found `]`"),
    ("[,1]", "line 1, column 2: expected a value, found `,`"),
    ("[1}", "line 1, column 3: expected `,` or `]`, found `}`"),
    ("[1", "line 1, column 3: expected `,` or `]`, found the end of the text"),
    ("{\"a\":1]", "line 1, column 7: expected `,` or `}`, found `]`"),
    ("{\"a\":1,}", "line 1, column 8: expected a key in quotes, found `}`"),
    ("{,}", "line 1, column 2: expected a key in quotes or `}`, found `,`"),
    ("{a:1}", "line 1, column 2: expected a key in quotes or `}`, found `a`"),
    ("{\"a\" 1}", "line 1, column 6: expected `:` after a key, found `1`"),
    ("{\"a\":}", "line 1, column 6: expected a value, found `}`"),
    ("[\n // no\n]", "line 2, column 2: expected a value, found `/`"),
    ("['a']", "line 1, column 2: expected a value, found `'`"),
    ("[\"abc", "line 1, column 2: the string that begins here has no closing quote"),
    (
      "\"a\nb\"",
      "line 1, column 3: expected an escape for a control character, found the byte 0x0a"
    ),
  ])
  func refusedText(_ text: String, _ message: String) {
    #expect(failure { try parse(text) } == "config.json: \(message)")
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0xE2, 0x82],
    ] as [[UInt8]])
  func refusedBytes(_ bytes: [UInt8]) {
    let byte = String(bytes[1], radix: 16)
    #expect(
      failure { try JSON(bytes, name: "config.json") }
        == "config.json: line 1, column 2: expected well-formed UTF-8, found the byte 0x\(byte)")
  }

  @Test func byteOrderMarksHaveTheirOwnMessages() {
    #expect(
      failure { try parse("\u{FEFF}{}") }
        == "config.json begins with a byte order mark (EF BB BF), which JSON does not allow; "
        + "save it as UTF-8 without one")
    let wide = "config.json is UTF-16, JSON should be UTF-8; save it as UTF-8"
    #expect(failure { try JSON([0xFF, 0xFE, 0x7B, 0], name: "config.json") } == wide)
    #expect(failure { try JSON([0xFE, 0xFF, 0, 0x7B], name: "config.json") } == wide)
  }

  @Test func gitPointersHaveTheirOwnMessage() {
    let text = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 17082730\n"
    #expect(
      failure { try parse(text) }
        == "config.json is a git-lfs pointer, not the file itself; fetch it with `git lfs pull`")
  }

  static let everything =
    #" {"a": [null, true, false, -12.5e+3, {"é漢😀": "\u00e9\ud83d\ude00\n"}, [], {}], "b": "long enough"}"#

  @Test func everyPrefixIsAnError() throws {
    let bytes = Array(Self.everything.utf8)
    _ = try JSON(bytes, name: "whole")
    for end in bytes.indices {
      #expect(failure { try JSON(Array(bytes[..<end]), name: "cut") } != nil, "\(end) bytes")
    }
  }

  @Test func everyChangedByteIsReadOrRefused() throws {
    let bytes = Array(Self.everything.utf8)
    for index in bytes.indices {
      for change in [0x01, 0x02, 0x20, 0x5C, 0x80, 0xFF] as [UInt8] {
        var changed = bytes
        changed[index] ^= change
        guard let json = try? JSON(changed, name: "changed") else { continue }
        for (key, value) in json.members {
          _ = try key.string()
          for element in value.elements { _ = element.path }
        }
      }
    }
  }

  @Test(arguments: [("[", 129), ("{\"a\":", 641), ("[{\"a\":[", 301)])
  func depthIsLimited(_ opening: String, _ column: Int) {
    #expect(
      failure { try parse(String(repeating: opening, count: 200_000)) }
        == "config.json: line 1, column \(column): nested deeper than 128 levels, the most allowed")
  }

  @Test func depthMayBeChosen() throws {
    let nested = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    _ = try parse(nested)
    #expect(
      failure { try parse("[\(nested)]") }
        == "config.json: line 1, column 129: nested deeper than 128 levels, the most allowed")
    #expect(failure { try parse("[]", maximumDepth: 0) } != nil)
    _ = try parse("1", maximumDepth: 0)
    let million =
      String(repeating: "[", count: 1_000_000) + String(repeating: "]", count: 1_000_000)
    _ = try parse(million, maximumDepth: .max)
  }
}
