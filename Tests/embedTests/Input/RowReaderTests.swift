import Glibc
import TestSupport
import Testing

@testable import embed

/// Bytes of a file named `f` and the rows that they are, problems behind `!`.
struct ReadingCase: Sendable, CustomTestStringConvertible {
  let format: InputFormat
  let input: [UInt8]
  let rows: [String]

  init(_ format: InputFormat, _ input: String, _ rows: [String]) {
    self.init(format, bytes: Array(input.utf8), rows)
  }

  init(_ format: InputFormat, bytes: [UInt8], _ rows: [String]) {
    self.format = format
    self.input = bytes
    self.rows = rows
  }

  var testDescription: String { "\(format) \(String(decoding: input, as: UTF8.self))" }
}

private let quoteAdvice = "; close it, or double it if it is text"
private let strayAdvice =
  "text after a closing quote, where a comma or the line's end should be; "
  + "write a quote inside quotes twice"
private let utf8Advice = "; convert the file to UTF-8"
private let latinAdvice = "; if it is latin1, read it with --encoding latin1"
private let lineAdvice =
  "the line ends inside a JSON value; each line must be a whole object (jq -c . makes them so), "
  + "or read it with --input json"

private let lineCases: [ReadingCase] = [
  .init(.lines, "", []),
  .init(.lines, "\n", [""]),
  .init(.lines, "a", ["a"]),
  .init(.lines, "a\n", ["a"]),
  .init(.lines, "a\n\nb", ["a", "", "b"]),
  .init(.lines, "a\r\nb\r\r\nc\r", ["a", "b\r", "c\r"]),
  .init(.lines, "\r\n", [""]),
  .init(.lines, "a\u{2028}b\u{85}c\u{B}d\0e\n", ["a\u{2028}b\u{85}c\u{B}d\0e"]),
  .init(.lines, "\u{FEFF}a\n\u{FEFF}b", ["a", "\u{FEFF}b"]),
  .init(.lines, "\u{FEFF}", []),
  .init(
    .lines, bytes: [0xEF, 0xBB], ["!f, line 1: not UTF-8 (byte 0xEF at column 1)" + utf8Advice]),
  .init(
    .lines, bytes: Array("ok\nhalfway caf".utf8) + [0xE9, 0x0A] + Array("on".utf8),
    ["ok", "!f, line 2: not UTF-8 (byte 0xE9 at column 12)" + latinAdvice, "on"]),
]

private let objectCases: [ReadingCase] = [
  .init(.jsonl, "", []),
  .init(.jsonl, "\n \t\r\n", []),
  .init(.jsonl, #"{"text":"a"}"#, ["a"]),
  .init(
    .jsonl, "\u{FEFF}{\"text\":\"a\"}\r\n\n {\"t\":1,\"text\":\"\\u00e9\\n\"} \n", ["a", "é\n"]),
  .init(.jsonl, #"{"text":"a","text":"b"}"#, ["b"]),
  .init(
    .jsonl, "{\"text\":\"a\"}\n\n{\"text\" 1}\n{\"text\":\"b\"}",
    ["a", "!f, line 3: not JSON: column 9: expected `:` after a key, found `1`", "b"]),
  .init(
    .jsonl, "[1]",
    [
      #"!f, line 1: an array, should be an object such as {"text":"…"}; --input json reads arrays"#
    ]),
  .init(.jsonl, "12", [#"!f, line 1: 12, should be an object such as {"text":"…"}"#]),
  .init(
    .jsonl, #"{"a":1,"b":2}"#,
    ["!f, line 1: no `text`; the object has `a`, `b`; name one with --field"]),
  .init(
    .jsonl, "{}", ["!f, line 1: no `text` in an empty object; add it, or leave the row out"]),
  .init(.jsonl, #"{"text":7}"#, ["!f, line 1: `text` is 7, should be a string"]),
  .init(.jsonl, #"{"text":null}"#, ["!f, line 1: `text` is null, should be a string"]),
  .init(.jsonl, #"{"text":["a"]}"#, ["!f, line 1: `text` is an array, should be a string"]),
  .init(
    .jsonl, bytes: Array("{\"text\":\"".utf8) + [0xFF] + Array("\"}\n".utf8),
    ["!f, line 1: not UTF-8 (byte 0xFF at column 10)" + latinAdvice]),
  .init(
    .jsonl, #"{"text":"\ud800"}"#,
    [
      "!f, line 1: not JSON: column 10: expected a pair of surrogate escapes, found one alone"
    ]),
  .init(
    .jsonl, String(repeating: "[", count: 200),
    [
      "!f, line 1: not JSON: column 129: nested deeper than 128 levels, the most allowed"
    ]),
]

private let csvCases: [ReadingCase] = [
  .init(.csv, "", []),
  .init(.csv, "text\n", []),
  .init(.csv, "text\na\nb", ["a", "b"]),
  .init(.csv, "text\na\n\nb\n", ["a", "", "b"]),
  .init(.csv, "id,text\r\n1,a\r\n\r\n2,b\r\n", ["a", "b"]),
  .init(.csv, "\u{FEFF}text,id\n\"a,\"\"b\"\"\nc\",1\n\"\",2\n", ["a,\"b\"\nc", ""]),
  .init(.csv, "\"text\"\n\"\"\"\"\n\"a\"\r\n\"b\"\r", ["\"", "a", "b"]),
  .init(.csv, "text\na \"b\" c\n \"d\"\n", ["a \"b\" c", " \"d\""]),
  .init(.csv, "text,id\n\"a\r\nb\",1", ["a\r\nb"]),
  .init(
    .csv, "text,id\n\"a\n\nb\",1\nc\nd,2,3\ne,4\n",
    [
      "a\n\nb", "!f, line 5: 1 cell, the header has 2; quote cells that contain commas",
      "!f, line 6: 3 cells, the header has 2; quote cells that contain commas", "e",
    ]),
  .init(
    .csv, "text\n\"a\nb\" c\nd\n\"e\"\"f\"g\"h\n\"i\"\n",
    ["!f, line 3: " + strayAdvice, "d", "!f, line 5: " + strayAdvice, "i"]),
  .init(
    .csv, "text,id\n\"a\",1\n\"b\n\",\"c\nd\n",
    ["a", "!f, line 4: a quote opens here and is never closed" + quoteAdvice]),
  .init(
    .csv, bytes: Array("text\n\"a\nb".utf8) + [0xC3, 0x28] + Array("\"\nc\n".utf8),
    ["!f, line 3: not UTF-8 (byte 0xC3 at column 2)" + latinAdvice, "c"]),
]

private let tsvCases: [ReadingCase] = [
  .init(.tsv, "", []),
  .init(.tsv, "text\tid\n\"a\t1\n\n\"b\"\"\t2\r\n", ["\"a", "\"b\"\""]),
  .init(.tsv, "text\n\na", ["", "a"]),
  .init(
    .tsv, "id\ttext\n1\ta\tb\n2\t\n",
    ["!f, line 2: 3 cells, the header has 2; a cell cannot contain a tab", ""]),
]

struct RowReaderTests {
  private static let cases = lineCases + objectCases + csvCases + tsvCases

  @Test(arguments: cases) func bytesBecomeRows(_ reading: ReadingCase) throws {
    let folder = try ScratchFolder()
    let path = try folder.write("f", reading.input)
    for window in [1, 1000] {
      let rows = try allRows([path], format: reading.format, window: window)
      #expect(rows.map { brief($0).replacing(folder.path + "/", with: "") } == reading.rows)
    }
  }

  @Test(arguments: cases) func chunksDoNotMatter(_ reading: ReadingCase) throws {
    // A packet is what one read returns: a byte at a time, whatever the timing.
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue), 0, &ends) == 0)
    let file = InputFile(descriptor: ends[0], name: "f")
    var text = OpenText(
      file, ResolvedFormat(kind: reading.format, isAsked: true), .utf8, .text(.standard), nil)
    var rest = reading.input[...]
    var rows: [String] = []
    reading: while true {
      switch try text.next(waiting: false) {
      case .row(let row): rows.append(brief(row))
      case .end: break reading
      case .nothingYet:
        if let byte = rest.popFirst() { send([byte], to: ends[1]) } else { close(ends[1]) }
      }
    }
    #expect(rows == reading.rows)
  }

  @Test func filesFollowOneAnother() throws {
    let folder = try ScratchFolder()
    let files = [
      try folder.write("a", "1\n2".utf8), try folder.write("b.tab", "text\n3\n".utf8),
      try folder.write("c.ndjson", #"{"text":"4"}"#.utf8),
      try folder.write("d.csv", "text\n\"5\"\n".utf8),
      try folder.write("e.tsv", "text\n\"6\"\n".utf8), try folder.write("f", "".utf8),
    ]
    let rows = try allRows(files)
    #expect(rows.map(brief) == ["1", "2", "3", "4", "5", "\"6\""])
    #expect(rows[2].location.description == "\(folder.path)/b.tab, line 2")
    var reader = try RowReader(files)
    #expect(reader.totalBytes == 3 + 7 + 12 + 9 + 9)
    #expect(try reader.window(upTo: 100, bytes: 1 << 20)?.count == 6)
    #expect(try reader.window(upTo: 100, bytes: 1 << 20) == nil)
    #expect(reader.bytesRead == reader.totalBytes)
  }

  @Test func fieldNamesTheColumn() throws {
    let folder = try ScratchFolder()
    let files = [
      try folder.write("a.csv", "x,y\n1,2".utf8), try folder.write("b.jsonl", #"{"y":"3"}"#.utf8),
    ]
    #expect(try allRows(files, field: "y").map(brief) == ["2", "3"])
  }

  @Test func windowsHaveLimits() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("f", "aaaa\nbbbb\ncccc\ndddd\n".utf8)
    var reader = try RowReader([path])
    #expect(try reader.window(upTo: 1, bytes: 100)?.map(brief) == ["aaaa"])
    #expect(try reader.window(upTo: 9, bytes: 5)?.map(brief) == ["bbbb", "cccc"])
    #expect(try reader.window(upTo: 0, bytes: 0)?.map(brief) == ["dddd"])
  }

  @Test func emptyCellsCountInAWindow() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("f.csv", "text,,,\na,,,\nb,,,\nc,,,\n".utf8)
    var reader = try RowReader([path])
    // The text, once more among the cells, and the ends of four cells.
    #expect(try reader.window(upTo: 9, bytes: 2 * (1 + 1 + 4 * 8))?.map(brief) == ["a", "b"])
  }

  @Test func aLineIsARowBeforeThePipeCloses() throws {
    let (readEnd, writeEnd) = makePipe()
    defer { close(readEnd) }
    var reader = try RowReader(["/dev/fd/\(readEnd)"])
    send(Array("one\n".utf8), to: writeEnd)
    #expect(try reader.window(upTo: 100, bytes: 1 << 20)?.map(brief) == ["one"])
    send(Array("two\nthree\nfo".utf8), to: writeEnd)
    #expect(try reader.window(upTo: 100, bytes: 1 << 20)?.map(brief) == ["two", "three"])
    send(Array("ur".utf8), to: writeEnd)
    close(writeEnd)
    #expect(try reader.window(upTo: 100, bytes: 1 << 20)?.map(brief) == ["four"])
    #expect(try reader.window(upTo: 100, bytes: 1 << 20) == nil)
  }
}
