import ModelFiles
import TestSupport
import Testing

/// `--quantize`: against what sentence-transformers 6.2.0 makes of the same texts.
@Suite struct EncodeQuantizeTests {
  /// What was recorded of one kind.
  struct Recorded: Sendable, CustomTestStringConvertible {
    let kind, ranges: String
    let dimensions: Int
    /// `nil` where the last bits of a number decide.
    let rows: [[Int?]]
    var testDescription: String { "\(kind), ranges of \(ranges), \(dimensions)" }

    static let texts = (try? lines("texts")) ?? ""
    static let calibration = (try? lines("calibration")) ?? ""
    static let all = (try? recorded()) ?? []

    private static func recorded() throws -> [Recorded] {
      try Fixture.lines(path).dropFirst().map { line in
        try Recorded(
          kind: line.string("kind"), ranges: line.string("ranges"),
          dimensions: line.int("dimensions"),
          rows: line.array("rows").elements.map { row in
            try row.array().elements.map { $0.isNull ? nil : try $0.int() }
          })
      }
    }

    private static let path = Fixture.path("quantized/bert-tiny.jsonl")

    private static func lines(_ key: String) throws -> String {
      try Fixture.lines(path)[0].array(key).elements.map { try $0.string() + "\n" }.joined()
    }
  }

  private static func run(
    _ kind: String, _ arguments: String..., input: String = Recorded.texts
  ) throws -> CommandResult {
    try embedCommand(["encode", "-m", Models.tiny, "--quiet", "--quantize", kind] + arguments)(
      Array(input.utf8))
  }

  private static func wholes(_ line: String) -> [Int] {
    (embedding(line) ?? line[...]).split(separator: ",").compactMap { Int($0) }
  }

  @Test func allKindsAreRecorded() {
    #expect(Recorded.all.count == 12)
    #expect(Recorded.all.allSatisfy { $0.rows.count == 24 })
  }

  @Test(arguments: Recorded.all)
  func bytesAreThoseOfTheReference(_ recorded: Recorded) throws {
    let folder = try ScratchFolder()
    let file = try folder.write("others", Recorded.calibration)
    let dimensions = ["--dimensions", "\(recorded.dimensions)"]
    let calibration = recorded.ranges == "calibration" ? ["--calibration", file] : []
    let command = try embedCommand(
      ["encode", "-m", Models.tiny, "--quiet", "--quantize", recorded.kind] + dimensions
        + calibration)
    let result = try command(Array(Recorded.texts.utf8))
    expectRows(result, recorded.rows.count)
    for (line, expected) in zip(result.lines, recorded.rows) {
      let found = Self.wholes(line)
      #expect(found.count == expected.count)
      #expect(zip(found, expected).allSatisfy { $1 == nil || $0 == $1 }, "\(line)")
    }
    if !calibration.isEmpty {
      // Vectors that were kept are as good as the texts.
      let vectors = try embedCommand(
        ["encode", "-m", Models.tiny, file, "--output", "\(folder.path)/others.npy"] + dimensions)()
      expectRows(vectors, 0)
      var again = command
      again.arguments[again.arguments.count - 1] = "\(folder.path)/others.npy"
      #expect(try again(Array(Recorded.texts.utf8)).stdout == result.stdout)
    }
  }

  @Test(arguments: [("int8", "i8"), ("uint8", "u8"), ("binary", "i8"), ("ubinary", "u8")])
  func allFormatsHaveTheSameBytes(_ kind: String, _ raw: String) throws {
    let rows = try Self.run(kind).lines.map(Self.wholes)
    let bytes = rows.flatMap { $0.map { UInt8(truncatingIfNeeded: $0) } }
    #expect(try Self.run(kind, "--format", "csv").lines.map(Self.wholes) == rows)
    #expect(try Self.run(kind, "--format", raw).stdout == bytes)
    let file = try Self.run(kind, "--format", "npy").stdout
    let header = String(decoding: file[10..<128], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '|\(raw.first == "i" ? "i1" : "u1")', "))
    #expect(header.contains(" \(rows.count), \(rows[0].count)), }"))
    #expect(Array(file[128...]) == bytes)
    let folder = try ScratchFolder()
    for (ending, expected) in [(raw, bytes), ("npy", file)] {
      let output = "\(folder.path)/x.\(ending)"
      expectRows(try Self.run(kind, "--output", output), 0)
      #expect(try folder.bytes("x.\(ending)") == expected)
    }
  }

  @Test func whatComesWithTheRowsStays() throws {
    let input = "{\"n\":1.50,\"text\":\"the cat\",\"z\":[ ]}\n{\"text\":3}\n{\"text\":\"a mat\"}\n"
    let command = ["--input", "jsonl", "--on-error", "null"]
    for calibrated in [false, true] {
      let folder = try ScratchFolder()
      let file = try folder.write("x", "the cat\na mat\n")
      let result = try embedCommand(
        ["encode", "-m", Models.tiny, "--quiet", "--quantize", "uint8", "--tokens"] + command
          + (calibrated ? ["--calibration", file] : []))(Array(input.utf8))
      expectRows(result, 3)
      #expect(
        result.lines[0].hasPrefix(
          "{\"n\":1.50,\"text\":\"the cat\",\"z\":[ ],\"tokens\":4,\"truncated\":false,\"embedding\":["
        ))
      #expect(result.lines[1].contains("\"embedding\":null,\"error\":\"stdin, line 2: "))
      // Of two vectors each number is the least or the largest.
      #expect(Self.wholes(result.lines[0]).allSatisfy { [0, 254, 255].contains($0) })
    }
  }

  @Test func bitsLeaveAtOnce() throws {
    let running = try embedCommand(
      ["encode", "-m", Models.tiny, "--quantize", "binary"]
    ).started()
    running.send("the cat\n")
    #expect(running.waitForLines(1))
    expectRows(running.finished(), 1)
  }

  @Test func nothingLeavesBeforeTheRangesAreKnown() throws {
    let folder = try ScratchFolder()
    let result = try Self.run(
      "int8", "--input", "jsonl", "--output", "\(folder.path)/x.jsonl",
      input: "{\"text\":\"a\"}\n{\"text\":\"b\"}\nx\n")
    expectFailure(result, message: "stdin, line 3: not JSON: column 1: expected a value, found `x`")
    #expect(try folder.bytes("x.jsonl.part").isEmpty)
    expectRows(try Self.run("int8", input: ""), 0)
    #expect(try Self.run("int8", "--format", "npy", input: "").stdout.count == 128)
  }

  @Test func fewVectorsAreNoted() throws {
    let folder = try ScratchFolder()
    let few = try folder.write("few", "a\nb\n")
    let many = try folder.write("many", variedTexts(100).joined(separator: "\n"))
    func words(_ arguments: String...) throws -> String {
      try embedCommand(
        ["encode", "-m", Models.tiny, "--max-length", "32", "--quantize", "int8"] + arguments)(
          Array("the cat\nthe mat\n".utf8)
        ).stderr
    }
    let note = "embed: --quantize int8 uses the ranges of 2 vectors; at least 100 are more stable"
    #expect(try words() == note + " (--calibration FILE)\n")
    #expect(try words("--calibration", few) == note + "\n")
    #expect(try words("--calibration", many) == "")
  }

  @Test func calibrationThatCannotBe() throws {
    let folder = try ScratchFolder()
    let short = "\(folder.path)/short.npy"
    expectRows(try encode("--dimensions", "8", "--output", short, input: "a\nb\n"), 0)
    for (file, message) in [
      (
        short,
        " has vectors of 8 dimensions, should have 32; encode it with the same model and --dimensions"
      ),
      (try folder.write("empty", ""), " has no rows; --calibration needs texts or vectors"),
      ("\(folder.path)/none", ": cannot open: No such file or directory; check the path"),
      (
        try folder.write("bad.jsonl", "{}\n"),
        ", line 1: no `text` in an empty object; add it, or leave the row out"
      ),
    ] {
      expectFailure(try Self.run("int8", "--calibration", file), message: file + message)
    }
    let bad = try folder.write("bad.npy", "x")
    expectFailure(
      try Self.run("int8", "--calibration", bad),
      message: "\(folder.path)/bad.npy is not a NumPy file: it should begin with \\x93NUMPY; "
        + "give a .npy file")
    expectFailure(
      try Self.run("int8", input: "a\n"),
      message: "--quantize int8 needs the ranges of several vectors, found one; give --calibration "
        + "FILE with texts like it")
    let one = try folder.write("one", "a\n")
    expectRows(try Self.run("int8", "--calibration", one, input: "a\n"), 1)
  }
}
