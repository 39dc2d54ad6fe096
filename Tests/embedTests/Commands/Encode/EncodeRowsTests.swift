import TestSupport
import Testing

/// How `embed encode` reads rows and gives them back.
@Suite struct EncodeRowsTests {
  @Test(arguments: [
    #"{"id": 1.0e0 , "text":"the cat", "x":"\u00e9" }"#, #"{"text":"the cat"}"#,
    #"  { "a":[1,{"text":"no"}] ,"text" : "the cat" }  "#,
    #"{"text":"the cat","big":123456789012345678901234567890.10}"#,
    #"{"é":"\/","text":"\u0074he cat","é":null}"#,
  ])
  func jsonLinesKeepEveryOtherByte(_ line: String) throws {
    let result = try encode("--input", "jsonl", input: line + "\n")
    expectRows(result, 1)
    let plain = try #require(embedding(try encode(input: "the cat\n").text))
    let added = ",\"embedding\":[\(plain)]"
    #expect(result.text.contains(added))
    #expect(result.text.replacingFirst(added, with: "") == line + "\n")
  }

  @Test(arguments: [
    (#"{"embedding":[1],"text":"cat","id":7}"#, #"{"text":"cat","id":7,"embedding":[…]}"#),
    (#"{"text":"cat","embedding":null,"id":7}"#, #"{"text":"cat","id":7,"embedding":[…]}"#),
    (#"{"text":"cat","id":7,"embedding":{}}"#, #"{"text":"cat","id":7,"embedding":[…]}"#),
  ])
  func anOlderEmbeddingIsReplacedAtTheEnd(_ line: String, _ expected: String) throws {
    let result = try encode("--input", "jsonl", input: line)
    expectRows(result, 1)
    #expect(withoutNumbers(result.text) == expected + "\n")
  }

  @Test func blankJsonLinesAreSkipped() throws {
    let input = "\n{\"text\":\"a\"}\n \t\r\n\r\n{\"text\":\"b\"}"
    expectRows(try encode("--input", "jsonl", input: input), 2)
  }

  @Test(arguments: [
    ("csv", "id,text\n1,\"a \"\"b\"\", c\"\n2,d\n", ["1|a \\\"b\\\", c", "2|d"]),
    ("csv", "id,text\r\n1,\"two\r\nlines\"\r\n", ["1|two\\r\\nlines"]),
    ("csv", "\u{FEFF}id,text\n1,a\n", ["1|a"]),
    ("tsv", "id\ttext\n1\t\"a\"\n2\ta \"b\n", ["1|\\\"a\\\"", "2|a \\\"b"]),
  ])
  func tablesComeBackAsObjects(_ format: String, _ input: String, _ rows: [String]) throws {
    let result = try encode("--input", format, input: input)
    expectRows(result, rows.count)
    let expected = rows.map { row in
      let cells = row.split(separator: "|")
      return "{\"id\":\"\(cells[0])\",\"text\":\"\(cells[1])\",\"embedding\":[…]}"
    }
    #expect(result.lines.map(withoutNumbers) == expected)
  }

  @Test(arguments: [
    ("jsonl", "{\"body\":\"the cat\",\"text\":\"other\"}"), ("csv", "text,body\nother,the cat"),
    ("tsv", "text\tbody\nother\tthe cat"),
  ])
  func theFieldCanHaveAnyName(_ format: String, _ input: String) throws {
    let named = try encode("--input", format, "--field", "body", input: input)
    expectRows(named, 1)
    #expect(try embedding(named.text) == embedding(encode(input: "the cat").text))
  }

  @Test(arguments: [
    ("jsonl", #"{"id":1,"text":"a"}"#, #"{"id":1,"embedding":[…]}"#),
    ("jsonl", #"{"text":"a"}"#, #"{"embedding":[…]}"#),
    ("csv", "id,text\n1,a", #"{"id":"1","embedding":[…]}"#), ("lines", "a", #"{"embedding":[…]}"#),
  ])
  func theTextCanBeLeftOut(_ format: String, _ input: String, _ expected: String) throws {
    let result = try encode("--input", format, "--no-text", input: input)
    expectRows(result, 1)
    #expect(withoutNumbers(result.text) == expected + "\n")
  }

  @Test func tokensAreCounted() throws {
    let long = String(repeating: "the cat ", count: 40)
    let result = try encode("--tokens", "--quiet", input: "the cat\n\n\(long)\n")
    expectRows(result, 3)
    let marks = [(4, false), (2, false), (32, true)]
    for (line, (tokens, truncated)) in zip(result.lines, marks) {
      #expect(line.contains(",\"tokens\":\(tokens),\"truncated\":\(truncated),\"embedding\":["))
    }
  }

  @Test func endingsSayHowTextsLie() throws {
    let folder = try ScratchFolder()
    for (name, text) in [
      ("a.jsonl", "{\"text\":\"the cat\"}"), ("a.ndjson", "{\"text\":\"the cat\"}"),
      ("a.csv", "text\nthe cat"), ("a.tsv", "text\nthe cat"), ("a.txt", "the cat"),
    ] {
      let result = try embed("encode", "-m", Models.tiny, try folder.write(name, text))
      expectRows(result, 1)
      #expect(withoutNumbers(result.text) == "{\"text\":\"the cat\",\"embedding\":[…]}\n")
    }
  }
}

/// Rows that cannot be read.
@Suite struct EncodeBadRowTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let format: String
    let input: [UInt8]
    let rows: Int
    let message: String

    init(
      _ name: String, _ format: String, _ input: some Sequence<UInt8>, rows: Int, _ message: String
    ) {
      (testDescription, self.format, self.rows, self.message) = (name, format, rows, message)
      self.input = Array(input)
    }
  }

  static let cases = [
    Case(
      "not UTF-8", "lines", Array("a\nb\n".utf8) + [0x63, 0xFF, 0x0A, 0x64], rows: 2,
      "line 3: not UTF-8 (byte 0xFF at column 2); convert the file to UTF-8"),
    Case(
      "a surrogate", "lines", [0x61, 0x0A, 0xED, 0xA0, 0x80, 0x0A], rows: 1,
      "line 2: not UTF-8 (byte 0xED at column 1); convert the file to UTF-8"),
    Case(
      "cut in a character", "lines", [0x61, 0x0A, 0xE7, 0x8C], rows: 1,
      "line 2: not UTF-8 (byte 0xE7 at column 1); convert the file to UTF-8"),
    Case(
      "over 16 MiB", "lines",
      Array("ok\n".utf8) + [UInt8](repeating: 0x61, count: 16 << 20 | 1) + Array("\nok\n".utf8),
      rows: 1, "line 2: longer than 16 MiB; split the row"),
    Case(
      "not JSON", "jsonl", "{\"text\":\"a\"}\n\n{\"text\":}\n".utf8, rows: 1,
      "line 3: not JSON: column 9: expected a value, found `}`"),
    Case(
      "not an object", "jsonl", "{\"text\":\"a\"}\n[1]\n".utf8, rows: 1,
      "line 2: an array, should be an object such as {\"text\":\"…\"}; --input json reads arrays"),
    Case(
      "no such field", "jsonl", "{\"text\":\"a\"}\n{\"body\":\"b\"}\n".utf8, rows: 1,
      "line 2: no `text`; the object has `body`; name one with --field"),
    Case(
      "not a string", "jsonl", "{\"text\":\"a\"}\n{\"text\":7}\n".utf8, rows: 1,
      "line 2: `text` is 7, should be a string"),
    Case(
      "null for a string", "jsonl", "{\"text\":null}\n".utf8, rows: 0,
      "line 1: `text` is null, should be a string"),
    Case(
      "deep", "jsonl",
      ("{\"text\":\"a\"}\n{\"a\":" + String(repeating: "[", count: 200_000))
        .utf8, rows: 1,
      "line 2: not JSON: column 133: nested deeper than 128 levels, the most allowed"),
    Case(
      "half a surrogate", "jsonl", #"{"text":"\ud800"}"#.utf8, rows: 0,
      "line 1: not JSON: column 10: expected a pair of surrogate escapes, found one alone"),
    Case(
      "too few cells", "csv", "id,text\n1,a\n2\n3,c\n".utf8, rows: 1,
      "line 3: 1 cell, the header has 2; quote cells that contain commas"),
    Case(
      "an open quote", "csv", "id,text\n1,a\n2,\"b\n3,c\n".utf8, rows: 1,
      "line 3: a quote opens here and is never closed; close it, or double " + "it if it is text"),
    Case(
      "too many cells", "tsv", "id\ttext\n1\ta\tb\n".utf8, rows: 0,
      "line 2: 3 cells, the header has 2; a cell cannot contain a tab"),
    Case(
      "no such column", "csv", "id,body\n1,a\n".utf8, rows: 0,
      "line 1: no column `text`; the header has `id`, `body`; name one with --field"),
  ]

  @Test(arguments: cases) func endTheRunAfterTheRowsBeforeThem(_ row: Case) throws {
    let command = try embedCommand(["encode", "-m", Models.tiny, "--input", row.format])
    expectFailure(try command(row.input), message: "stdin, \(row.message)", rows: row.rows)
  }

  @Test func theFileIsNamed() throws {
    let folder = try ScratchFolder()
    let good = try folder.write("good.jsonl", "{\"text\":\"a\"}\n")
    let bad = try folder.write("bad.jsonl", "{\"text\":\"a\"}\nx\n")
    let result = try embed("encode", "-m", Models.tiny, good, bad)
    expectFailure(
      result,
      message: "\(folder.path)/bad.jsonl, line 2: not JSON: column 1: expected a value, found "
        + "`x`", rows: 2)
  }

  @Test func canBeNullInstead() throws {
    let input = """
      {"text":"a"}
      {"id":2,"text":7}
      x
      {"text":"b"}

      """
    let result = try encode("--input", "jsonl", "--on-error", "null", input: input)
    expectRows(result, 4)
    #expect(
      result.lines[1].hasPrefix(#"{"id":2,"text":7,"embedding":null,"error":"stdin, line 2: "#))
    #expect(result.lines[2].hasPrefix(#"{"embedding":null,"error":"stdin, line 3: "#))
    #expect(try numbers(result.lines[3]) == numbers(encode(input: "b\n").text))
    for line in result.lines { _ = try object(line) }
  }

  @Test func canBeNullWhenTheyAreTooLong() throws {
    let long = String(repeating: "the cat ", count: 40)
    let result = try encode("--long", "error", "--on-error", "null", input: "a\n\(long)\nb\n")
    expectRows(result, 3)
    #expect(result.lines[1].contains("\"embedding\":null,\"error\":\"stdin, line 2: "))
    #expect(try numbers(result.lines[2]) == numbers(encode(input: "b\n").text))
  }

  @Test func tokenizeTellsThemTheSameWay() throws {
    let result = try embed(
      "tokenize", "-m", Models.tiny, "--input", "jsonl", input: "{\"text\":\"a\"}\n[]\n")
    expectFailure(
      result,
      message: "stdin, line 2: an array, should be an object such as {\"text\":\"…\"}; "
        + "--input json reads arrays", rows: 1)
  }
}

/// A line of output with its numbers as `…`.
func withoutNumbers(_ line: String) -> String {
  embedding(line).map { line.replacingFirst(String($0), with: "…") } ?? line
}

extension String {
  func replacingFirst(_ part: String, with other: String) -> String {
    firstRange(of: part).map { replacingCharacters(in: $0, other) } ?? self
  }

  private func replacingCharacters(in range: Range<Index>, _ other: String) -> String {
    String(self[..<range.lowerBound]) + other + String(self[range.upperBound...])
  }
}
