import Glibc
import TestSupport
import Testing

@testable import embed

/// JSON that is more than an object a line.
@Suite struct JSONRowsTests {
  private static let pretty =
    "{\n  \"id\": 1,\n  \"text\": \"a\"\n}\n{\n  \"id\": 2,\n  \"text\": \"b\"\n}\n"

  static let cases: [LayoutCase] = [
    .init("f.json", "[\n{\"id\":1,\"text\":\"a\"},\n{\"id\":2,\"text\":\"b\"}\n]\n", ["a", "b"]),
    .init("f.jsonl", "[{\"id\":1,\"text\":\"a\"},\n{\"id\":2,\"text\":\"b\"}]\n", ["a", "b"]),
    .init("f.json", pretty, ["a", "b"]), .init("f.jsonl", pretty, ["a", "b"]),
    .init("f.json", "{\"text\":\"a\"}\n\n{\"text\":\"b\"}", ["a", "b"]),
    .init("f.json", "{\"id\":1\n,\"text\":\"a\"}", ["a"]),
    .init("f.json", "{\r\"text\":\"a\"\r}", ["a"]),
    .init("f.json", "\u{FEFF} \n[\"a\",\"b \\\"]\\\" \\n\"]", ["a", "b \"]\" \n"]),
    .init("f.json", "[]", []), .init("f.json", "", []), .init("f.json", " \n", []),
    .init("f.json", "[{\"text\":\"a\"}]\n[{\"text\":\"b\"}]", ["a", "b"]),
    .init("f.json", "[{\"x\":[1,{\"y\":\"}]\"}],\"text\":\"a\"},\"b\"]", ["a", "b"]),
    .init(
      "f.json", "[{\"text\":\"a\"},1,null,[2],{\"body\":\"c\"},{\"text\":7},{\"text\" 1},\"b\"]",
      [
        "a", "!element 2, line 1: 1, should be an object such as {\"text\":\"…\"}",
        "!element 3, line 1: null, should be an object such as {\"text\":\"…\"}",
        "!element 4, line 1: an array, should be an object such as {\"text\":\"…\"}",
        "!element 5, line 1: no `text`; the object has `body`; name one with --field",
        "!element 6, line 1: `text` is 7, should be a string",
        "!element 7, line 1: not JSON: column 58: expected `:` after a key, found `1`", "b",
      ]),
    .init(
      "f.json", "[\n{\n\"text\":\n nope}]",
      ["!element 1, line 4: not JSON: column 2: expected `null`, found another word"]),
    .init(
      "f.json", "[\"a\" \"b\"]",
      [
        "a",
        "!element 2, line 1: not JSON: a value follows another in an array, where a comma should be between two elements",
      ]),
    .init(
      "f.json", "[,\"a\",]",
      [
        "!line 1: not JSON: no value before a comma in an array, where a comma should be between two elements",
        "a",
        "!line 1: not JSON: no value after a comma in an array, where a comma should be between two elements",
      ]),
    .init("f.json", "[{\"text\":\"a\"},\n{\"text\":", ["a", "!line 2: \(cut)"]),
    .init("f.json", "\n[{\"text\":\"a\"}\n", ["a", "!line 2: \(cut)"]),
    .init("f.json", "[\"a", ["!line 1: \(cut)"]),
    .init(
      "f.json", "[1",
      ["!element 1, line 1: 1, should be an object such as {\"text\":\"…\"}", "!line 1: \(cut)"]),
    .init("f.json", "{\n\"text\":\"a", ["!line 1: \(cut)"]),
    // What is a line stays one, and so does what is broken in one.
    .init("f.jsonl", "{\"text\":\"a\"\n{\"text\":\"b\"}\n", ["!line 1: \(line)", "b"]),
    .init(
      "f.jsonl", "{\"text\":\"a\n{\"text\":\"b\"}\n",
      [
        "!line 1: not JSON: column 9: the string that begins here has no closing quote", "b",
      ]),
    .init(
      "f.jsonl", "{\"text\":\"a\"}\n{\n\"text\":\"b\"}\n",
      [
        "a", "!line 2: \(line)",
        "!line 3: not JSON: column 7: expected the end of the text, found `:`",
      ]),
    .init(
      "f.jsonl", "{\"text\":\"a\",\"x\":NaN}\n{\"x\":-Infinity}\n{\"x\":None}\n{'text':'a'}",
      [
        "!line 1: column 17: `NaN` is not JSON; write null, or leave the field out",
        "!line 2: column 7: `-Infinity` is not JSON; write null, or leave the field out",
        "!line 3: column 6: `None` is not JSON; write null",
        "!line 4: column 2: `'` is not JSON; write names and texts in double quotes (Python: json.dumps)",
      ]),
  ]
  private static let cut =
    "the file ends inside the JSON that begins here; it is cut short: fetch or make it again"
  private static let line =
    "the line ends inside a JSON value; each line must be a whole object (jq -c . makes them so), or read it with --input json"

  @Test(arguments: cases) func rowsAreValues(_ layout: LayoutCase) throws {
    try LayoutTests().theFirstBytesShowIt(layout)
    try LayoutTests().aByteAtATimeIsReadAlike(layout)
  }

  @Test(arguments: ["f.jsonl", "f.json"])
  func whatIsBesideTheTextStaysByteForByte(_ name: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      name,
      "\u{FEFF}{\"id\":12345678901234567890123,\"te\\u0078t\":\"the cat\",\"x\":1e400,\"y\":-0.0,"
        + "\"z\":1.10,\"embedding\":[1,2],\"e\":{\"embedding\":3}}\r\n\r\n"
        + "{\"text\":\"first\",\"text\":\"a house\"}\r\n")
    let result = try embed("encode", "-m", Models.tiny, path)
    expectRows(result, 2)
    #expect(
      result.lines.map(withoutNumbers) == [
        "{\"id\":12345678901234567890123,\"te\\u0078t\":\"the cat\",\"x\":1e400,\"y\":-0.0,"
          + "\"z\":1.10,\"e\":{\"embedding\":3},\"embedding\":[…]}",
        "{\"text\":\"first\",\"text\":\"a house\",\"embedding\":[…]}",
      ])
    #expect(
      result.lines.map(numbers) == (try encode(input: "the cat\na house\n").lines.map(numbers)))
  }

  @Test func anElementIsARowBeforeTheNextComes() throws {
    let (readEnd, writeEnd) = makePipe()
    defer { close(readEnd) }
    var reader = try RowReader(["/dev/fd/\(readEnd)"], as: TextFormat(format: .json))
    send(Array("[{\"text\":\n\"a\"}".utf8), to: writeEnd)
    #expect(try reader.window()?.map(brief) == ["a"])
    send(Array(",\"b\",{\"text\":\"c\"}".utf8), to: writeEnd)
    #expect(try reader.window()?.map(brief) == ["b", "c"])
    send(Array("]".utf8), to: writeEnd)
    close(writeEnd)
    #expect(try reader.window() == nil)
  }

  @Test func anElementMayHave16MiB() throws {
    let folder = try ScratchFolder()
    let long = [UInt8](repeating: 0x61, count: (16 << 20) - 2)
    let path = try folder.write(
      "f.json", Array("[\"".utf8) + long + Array("\",\n\"a".utf8) + long + Array("\",\"b\"]".utf8))
    let rows = try allRows([path])
    #expect(rows.count == 3)
    #expect(rows[0].text == long)
    #expect(
      rows[1].problem?.description
        == "\(path), element 2, line 2: longer than 16 MiB; split the row")
    #expect(rows[2].text == [0x62])
  }

  @Test(
    arguments: [
      ("[{\"id\":1.50,\"text\":\"a\"}]", ["{\"id\":1.50,\"text\":\"a\",\"embedding\":[…]}"]),
      (
        pretty,
        [
          "{\"id\": 1,\"text\": \"a\",\"embedding\":[…]}",
          "{\"id\": 2,\"text\": \"b\",\"embedding\":[…]}",
        ]
      ),
      (
        "[ \"a\" , \"b\" ]",
        ["{\"text\":\"a\",\"embedding\":[…]}", "{\"text\":\"b\",\"embedding\":[…]}"]
      ),
      (
        "{\"x\":{ \"y\" :\r\n [1,\n2] },\n \"text\":\"a  \\n\",\"embedding\":\n3}",
        ["{\"x\":{ \"y\" :[1,2] },\"text\":\"a  \\n\",\"embedding\":[…]}"]
      ),
    ])
  func rowsAreWrittenAsLines(_ input: String, _ lines: [String]) throws {
    let result = try encode("--input", "json", input: input)
    expectRows(result, lines.count)
    #expect(result.lines.map(withoutNumbers) == lines)
  }

  @Test(
    arguments: [
      ("{\"text\":\"a\"}\n{\"text\":\"b\"}\n", "jsonl"), ("{\n\"text\":\"a\"\n}\n", "json"),
      ("[\n{\"text\":\"a\"}\n]\n", "json"), ("[{\"text\":\"a\"},\n{\"text\":\"b\"}]\n", "json"),
      ("[\"a\"]\n", "json"),
    ])
  func linesThatAreJSONGetANotice(_ input: String, _ format: String) throws {
    let result = try encode(input: input)
    #expect(result.ending == .exited(0))
    #expect(
      result.stderr
        == "embed: stdin: is JSON, read as plain lines; to take the texts out of it, say --input \(format)\n"
    )
    for options in [["--quiet"], ["--input", "lines"], ["--input", format]] {
      let silent = try embedCommand(["encode", "-m", Models.tiny] + options)(Array(input.utf8))
      #expect(silent.ending == .exited(0))
      #expect(silent.stderr == "")
    }
  }

  @Test(arguments: [
    "[CLS] a\n", "{curly} words\n", "[1] a footnote\n", "a {\"text\":\"b\"}\n", "[]\n",
  ])
  func otherLinesGetNone(_ input: String) throws { expectRows(try encode(input: input), 1) }
}
