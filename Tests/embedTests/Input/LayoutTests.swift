import Glibc
import TestSupport
import Testing

@testable import embed

/// A file's name and bytes, and the rows that are read, problems behind `!`.
struct LayoutCase: Sendable, CustomTestStringConvertible {
  let name: String
  let input: String
  let rows: [String]

  init(_ name: String, _ input: String, _ rows: [String]) {
    (self.name, self.input, self.rows) = (name, input, rows)
  }

  var testDescription: String { "\(name) \(input.debugDescription)" }
}

/// Where the first bytes show how a file is to be read.
@Suite struct LayoutTests {
  static let carriageReturns: [LayoutCase] = [
    .init("f", "a\rb\rc", ["a", "b", "c"]), .init("f", "a\r\r", ["a", ""]),
    .init("f", "a\r", ["a"]),
    .init("f", "a\rb\n", ["a\rb"]), .init("f", "a\r\nb\r", ["a", "b\r"]),
    .init("f.csv", "text,id\rthe cat,1\ra house,2\r", ["the cat", "a house"]),
    .init("f.csv", "\"text\",\"id\"\r\"a\nb\",1\r\"c\rd\",2", ["a\nb", "c\rd"]),
    .init("f.csv", "\"te\nxt\",text\n1,\"a\rb\"\n", ["a\rb"]),
    .init("f.tsv", "text\tid\rthe cat\t1\r", ["the cat"]),
    .init("f.jsonl", "{\"text\":\"a\"}\r{\"text\":\"b\"}\r", ["a", "b"]),
    .init("f.csv", "id;text\r1;a\r", ["a"]),
  ]

  static let delimiters: [LayoutCase] = [
    .init(
      "f.csv", "id;text\r\n1;the cat, on the mat\r\n2;a house\r\n",
      ["the cat, on the mat", "a house"]),
    .init(
      "f.csv", "\u{FEFF}\"text\";\"id\"\r\n\"the cat; on the mat\";1\r\n", ["the cat; on the mat"]),
    .init("f.csv", "id\ttext\n1\t\"a\n\tb\"\n", ["a\n\tb"]),
    .init("f.csv", "id|text\n1|a\n", ["a"]),
    .init("f.csv", "sep=;\r\nid;text\r\n1;a\r\n", ["a"]),
    .init("f.csv", "sep=|\nid|text\n1|a,b\n", ["a,b"]),
    .init(
      "f.csv", "sep=\n1\n",
      ["!line 1: no column `text`; the header has `sep=`; name one with --field"]),
    .init(
      "f.csv", "sep=\r\ntext,id\r\na,1\r\n",
      ["!line 1: no column `text`; the header has `sep=`; name one with --field"]),
    .init(
      "f.csv", "sep=\"\ntext\n",
      ["!line 1: no column `text`; the header has `sep=\"`; name one with --field"]),
    .init("f.csv", "sep=;\rid;text\r1;a\r", ["a"]),
    .init(
      "f.csv",
      "\u{FEFF}\"text\",\"id\"\r\n\"the cat, on\r\nthe mat\",1\r\n\"say \"\"no\"\"\",2\r\n\r\n",
      ["the cat, on\r\nthe mat", "say \"no\""]),
    // A header with commas stays one, and one column stays one.
    .init("f.csv", "text,a;b;c\nx,1;2;3\n", ["x"]),
    .init("f.csv", "text\na;b\nc|d\n", ["a;b", "c|d"]),
    .init(
      "f.csv", "text,id\na, b, c\n",
      ["!line 2: 3 cells, the header has 2; quote cells that contain commas"]),
    .init(
      "f.csv", "id;text\n1;a\n2;b;c\n",
      ["a", "!line 3: 3 cells, the header has 2; quote cells that contain `;`"]),
    .init(
      "f.csv", "id;text\n1;\"a\"b\n",
      [
        "!line 2: text after a closing quote, where `;` or the line's end should be; write a quote inside quotes twice"
      ]),
    .init(
      "f.csv", "id;body\n1;a, b\n",
      ["!line 1: no column `text`; the header has `id`, `body`; name one with --field"]),
    .init("f.csv", "id;text", []), .init("f.csv", "\n\nid;text\n1;a", ["a"]),
    .init(
      "f.csv", "text,id\n\"say \\\"hi\\\"\",1\n",
      ["!line 2: a quote inside quotes has a backslash before it; csv writes it twice: \"\""]),
    .init(
      "f.csv", "text,id\n\"\\\"\",1\n",
      [
        "!line 2: a quote opens here and is never closed, and quotes have backslashes before them; csv writes a quote inside quotes twice: \"\""
      ]),
  ]

  static let quotesInTabs: [LayoutCase] = [
    .init(
      "f.tsv", "id\ttext\n1\t\"the\ncat\"\n2\ta\n",
      ["!line 2: \(broken)", "!line 3: 1 cell, the header has 2; a cell cannot contain a tab", "a"]),
    .init("f.tsv", "text\tid\n\"the\ncat\"\t1\n", ["!line 2: \(broken)", "cat\""]),
    .init("f.tsv", "text\n\"the\n\ncat\"\nb\n", ["!line 2: \(broken)", "", "cat\"", "b"]),
    .init("f.tsv", "id\ttext\n1\t\"a\n2\t\"b\"\n3\t\"c\n", ["\"a", "\"b\"", "\"c"]),
    .init("f.tsv", "id\ttext\n1\t\"a\n\n", ["\"a"]),
    .init("f.tsv", "text\n\"a\nb\n", ["\"a", "b"]),
    .init(
      "f.tsv", "\"text\"\t\"id\"\n\"a\"\t1\n",
      [
        "!line 1: no column `text`; the header has `\"text\"`, `\"id\"`; name one with --field, or read quotes with --input csv --delimiter tab"
      ]),
  ]
  private static let broken =
    "a quote opens here and its cell goes on in the next line, but tsv has no quotes; read it with "
    + "--input csv --delimiter tab"

  @Test(arguments: carriageReturns + delimiters + quotesInTabs)
  func theFirstBytesShowIt(_ layout: LayoutCase) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(layout.name, layout.input)
    for window in [1, 1000] {
      var rows: [String] = []
      let error = thrown {
        var reader = try RowReader([path])
        while let found = try reader.window(upTo: window) { rows += found.map(brief) }
      }
      if error != "nothing" { rows.append("!" + error) }
      #expect(rows.map { $0.replacing("\(path), ", with: "") } == layout.rows)
    }
  }

  @Test(arguments: carriageReturns + delimiters + quotesInTabs)
  func aByteAtATimeIsReadAlike(_ layout: LayoutCase) throws {
    let (readEnd, writeEnd) = makePipe()
    var text = OpenText(
      InputFile(descriptor: readEnd, name: "f"),
      TextFormat().resolved(layout.name, fallback: .lines),
      .utf8, .text(.standard), nil)
    var rest = Array(layout.input.utf8)[...]
    var rows: [String] = []
    do {
      reading: while true {
        switch try text.next(waiting: false) {
        case .row(let row): rows.append(brief(row))
        case .end: break reading
        case .nothingYet:
          if let byte = rest.popFirst() { send([byte], to: writeEnd) } else { close(writeEnd) }
        }
      }
    } catch { rows.append("!\(error)") }
    #expect(rows.map { $0.replacing("f, ", with: "") } == layout.rows)
  }

  @Test func whatIsAskedForIsNotLookedFor() throws {
    let folder = try ScratchFolder()
    let table = try folder.write("f.csv", "text,b|c\n1|2,3\n")
    var reader = try RowReader(
      [table], as: TextFormat(delimiter: UInt8(ascii: "|")), field: FieldNames("c"))
    #expect(try reader.window()?.map(brief) == ["2,3"])
    let tabs = try folder.write("f.tsv", "id\ttext\n1\t\"the\ncat\"\n")
    reader = try RowReader([tabs], as: TextFormat(format: .csv, delimiter: UInt8(ascii: "\t")))
    #expect(try reader.window()?.map(brief) == ["the\ncat"])
  }

  @Test(
    arguments: [
      ("a.csv", "sentence1;sentence2\na cat;a dog\n", "a cat|a dog"),
      ("a.csv", "a cat, x;a dog\nb;c\n", "a cat, x|a dog"),
      ("a.csv", "a;b,c;d,1\ne;f,g,2\n", "a;b|c;d"),
      ("a", "a cat;a dog\n", "a cat|a dog"),
      ("a.json", "[{\"sentence1\":\"a\",\"sentence2\":\"b\"}]", "a|b"),
    ])
  func tablesOfPairsAreLookedAtToo(_ name: String, _ text: String, _ first: String) throws {
    let folder = try ScratchFolder()
    var reader = try RowReader(
      table: folder.write(name, text), columns: ColumnNames(["sentence1", "sentence2"]))
    let row = try #require(try reader.window()?.first)
    #expect(
      try row.fields.get().map { String(decoding: $0, as: UTF8.self) }.joined(separator: "|")
        == first)
  }

  @Test(
    arguments: [("tab", 9), ("\\t", 9), (";", 0x3B), ("|", 0x7C), ("space", 0x20)]
      as [(String, UInt8)])
  func delimitersHaveNames(_ word: String, _ byte: UInt8) throws {
    #expect(try Delimiter.named(word) == byte)
  }

  @Test(arguments: ["", "ab", "\"", "\n", "é"]) func otherDelimitersAreRefused(_ word: String) {
    #expect(
      thrown { _ = try Delimiter.named(word) }.contains(
        "a delimiter is one character such as ; or |, or tab"))
  }
}
