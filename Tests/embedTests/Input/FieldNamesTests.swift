import TestSupport
import Testing

@testable import embed

/// `--field` and `--input files`: what of a row or a file is the text.
@Suite struct FieldNamesTests {
  private static let object =
    #"{"title":"a","body":"b","meta":{"title":"c","tags":["d"],"x":{"y":"e"}},"n":1,"a,b":"f","meta.z":"g","z":{"meta":"h"}}"#

  @Test(
    arguments: [
      ("title", "a"), ("title,body", "a\nb"), ("body, title", "b\na"), ("meta.title", "c"),
      ("meta.x.y,title", "e\na"), ("a,b", "f"), ("meta.z", "g"), ("z.meta", "h"),
      ("title,missing", "!no `missing`; the object has \(names); name one with --field"),
      (
        "meta.missing", "!no `meta.missing`: `meta` has `title`, `tags`, `x`; name one with --field"
      ),
      ("other.title", "!no `other.title`; the object has \(names); name one with --field"),
      ("meta.tags", "!`meta.tags` is an array, should be a string"),
      ("meta.tags.0", "!no `meta.tags.0`: `meta.tags` is an array, should be an object"),
      ("title.x", "!no `title.x`: `title` is \"a\", should be an object"),
      ("n", "!`n` is 1, should be a string"),
      (".", "!no `.`; the object has \(names); name one with --field"),
      ("title,", "!no `title,`; the object has \(names); name one with --field"),
    ])
  func fieldsOfAnObjectAreFound(_ field: String, _ text: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write("f.jsonl", Self.object)
    let rows = try allRows([path], field: field)
    #expect(rows.map { brief($0).replacing("\(path), line 1: ", with: "") } == [text])
  }
  private static let names = "`title`, `body`, `meta`, `n`, `a,b`, `meta.z`, `z`"

  @Test(
    arguments: [
      ("title", "a"), ("title,body", "a\nb"), ("a,b", "c"), ("x.y", "d"), ("body,x.y", "b\nd"),
      (
        "title,x",
        "!no column `x`; the header has `title`, `body`, `a,b`, `x.y`; name one with --field"
      ),
    ])
  func columnsOfATableAreFound(_ field: String, _ text: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write("f.csv", "title,body,\"a,b\",x.y\na,b,c,d\n")
    var rows: [String] = []
    let error = thrown { rows = try allRows([path], field: field).map(brief) }
    if rows.isEmpty { rows = ["!" + error.replacing("\(path), line 1: ", with: "")] }
    #expect(rows == [text])
  }

  @Test(
    arguments: [
      (
        "title,body",
        #"{"meta":{"title":"c","tags":["d"],"x":{"y":"e"}},"n":1,"a,b":"f","meta.z":"g","z":{"meta":"h"}"#
      ),
      (
        "meta.title",
        #"{"title":"a","body":"b","meta":{"tags":["d"],"x":{"y":"e"}},"n":1,"a,b":"f","meta.z":"g","z":{"meta":"h"}"#
      ),
      (
        "meta.x.y,meta.title,z.meta",
        #"{"title":"a","body":"b","meta":{"tags":["d"],"x":{}},"n":1,"a,b":"f","meta.z":"g","z":{}"#
      ),
    ])
  func theTextIsLeftOutWhereverItIs(_ field: String, _ kept: String) throws {
    let result = try encode("--input", "jsonl", "--field", field, "--no-text", input: Self.object)
    expectRows(result, 1)
    #expect(withoutNumbers(result.text) == kept + ",\"embedding\":[…]}\n")
  }

  @Test(
    arguments: [
      (
        ["encode", "--field", "x"],
        "--field has no effect on lines, as which stdin is read; say --input jsonl, json, csv or tsv"
      ),
      (
        ["encode", "--field", "x", "a.txt"],
        "--field has no effect on lines, as which a.txt is read; say --input jsonl, json, csv or tsv"
      ),
      (
        ["mine", "--field", "x", "--input", "lines", "a.csv"],
        "--field has no effect on lines, as which a.csv is read; say --input jsonl, json, csv or tsv"
      ),
      (
        ["encode", "--field", "x", "--input", "files", "a"],
        "--field has no effect on --input files, where all of a file is the text"
      ),
      (
        ["search", "--corpus", "a.txt", "--field", "x", "q"],
        "--field has no effect on lines, as which a.txt is read; say --input jsonl, json, csv or tsv"
      ),
      (
        ["encode", "--input", "files"],
        "--input files takes each FILE as one text; standard input is none, name files"
      ),
      (
        ["encode", "--input", "files", "a", "-"],
        "--input files takes each FILE as one text; standard input is none, name files"
      ),
      (
        ["encode", "--delimiter", ";", "--input", "tsv"],
        "--delimiter is for csv, not for --input tsv; say --input csv, or leave it out"
      ),
      (
        ["encode", "--delimiter", ";", "a.jsonl"],
        "--delimiter is for csv, a.jsonl is JSON; leave it out"
      ),
      (
        ["similarity", "a", "b", "--delimiter", ";"],
        "--input, --delimiter and --encoding need --pairs"
      ),
      (
        ["evaluate", "sts", "a", "--input", "lines"],
        "--input lines has no columns; a table is csv, tsv, jsonl or json"
      ),
      (
        ["encode", "--encoding", "klingon"],
        "The value 'klingon' is invalid for '--encoding <NAME>': known are utf-8, latin1, windows-1252, utf-16, utf-16le, utf-16be and what `iconv -l` lists"
      ),
      (
        ["encode", "--delimiter", "ab"],
        "The value 'ab' is invalid for '--delimiter <C>': a delimiter is one character such as ; or |, or tab"
      ),
    ] as [([String], String)])
  func whatHasNoEffectIsWrongUsage(_ arguments: [String], _ message: String) throws {
    let result = try embedCommand(arguments)()
    #expect(result.ending == .exited(64), "\(result.stderr)")
    #expect(result.stderr.split(separator: "\n").first == "Error: \(message)")
  }

  @Test func aFileIsOneText() throws {
    let folder = try ScratchFolder()
    let names = ["a.txt", "b.json", "c.gz", "empty"]
    let texts = ["the cat\r\non the mat\n", "[1]", "packed\n", ""]
    for (name, text) in zip(names, texts) {
      try folder.write(name, name == "c.gz" ? gzipped(text) : Array(text.utf8))
    }
    try folder.write("latin.txt", [0x61, 0x0A, 0x62, 0xE9, 0x63, 0x64])
    var command = try embedCommand(
      ["encode", "-m", Models.tiny, "--input", "files", "--on-error", "null"] + names + [
        "latin.txt"
      ])
    command.folder = folder.path
    let result = try command()
    expectRows(result, 5)
    #expect(
      result.lines.map(withoutNumbers) == [
        #"{"file":"a.txt","text":"the cat\r\non the mat\n","embedding":[…]}"#,
        #"{"file":"b.json","text":"[1]","embedding":[…]}"#,
        #"{"file":"c.gz","text":"packed\n","embedding":[…]}"#,
        #"{"file":"empty","text":"","embedding":[…]}"#,
        #"{"file":"latin.txt","embedding":null,"error":"latin.txt, line 2: not UTF-8 (byte 0xE9 at column 2); if it is latin1, read it with --encoding latin1"}"#,
      ])
    #expect(try numbers(result.lines[0]) == numbers(encode(input: "the cat on the mat\n").text))
  }

  @Test func aFileAsATextMayHave16MiB() throws {
    let folder = try ScratchFolder()
    let longest = [UInt8](repeating: 0x0A, count: 16 << 20)
    let files = [
      try folder.write("a", longest), try folder.write("b", longest + [0x0A, 0x0A]),
      try folder.write("c", "c"),
    ]
    let rows = try allRows(files, format: .files)
    #expect(rows.count == 3)
    #expect(rows[0].text == longest)
    #expect(
      rows[1].problem?.description == "\(files[1]), line 1: longer than 16 MiB; split the row")
    #expect(rows[2].text == [0x63])
  }
}
