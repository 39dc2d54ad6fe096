import Glibc
import TestSupport
import Testing

/// `embed encode` between two pipes.
@Suite struct EncodeFilterTests {
  @Test func aLineGetsItsVectorWhileThePipeStaysOpen() throws {
    let running = try embedCommand(["encode", "-m", Models.tiny]).started()
    for (count, text) in ["the cat", "", "a river"].enumerated() {
      running.send(text + "\n")
      #expect(running.waitForLines(count + 1))
    }
    expectRows(running.finished(), 3)
  }

  @Test func halfALineIsNoRowUntilItEnds() throws {
    let running = try embedCommand(["encode", "-m", Models.tiny]).started()
    running.send("the cat\nthe ri")
    #expect(running.waitForLines(1))
    running.send("ver")
    let result = running.finished()
    expectRows(result, 2)
    #expect(result.lines.last?.hasPrefix("{\"text\":\"the river\",") == true)
  }

  @Test func aReaderThatLeavesEndsTheRunWithoutAWord() throws {
    let input = variedTexts(4_000).joined(separator: "\n")
    let running = try embedCommand(["encode", "-m", Models.tiny]).started()
    running.send(input)
    #expect(running.waitForLines(1))
    running.closeOutput()
    let result = running.finished()
    #expect(result.ending == .exited(0))
    #expect(result.stderr.isEmpty)
  }

  @Test(arguments: [["encode"], ["tokenize"], ["similarity", "a", "b"], ["inspect"]])
  func aReaderThatNeverCameIsNoFailure(_ command: [String]) throws {
    let running = try embedCommand(command + ["-m", Models.tiny]).started()
    running.closeOutput()
    running.send("the cat\n")
    let result = running.finished()
    #expect(result.ending == .exited(0))
    #expect(result.stderr.isEmpty)
  }

  @Test(arguments: [
    ("", []), ("\n", [""]), ("\n\n\n", ["", "", ""]), ("a", ["a"]), ("a\n", ["a"]),
    ("a\r\nb\r\n", ["a", "b"]), ("a\r\r\nb", ["a\\r", "b"]), ("a\rb", ["a", "b"]),
    ("a\rb\n", ["a\\rb"]),
    ("a\u{2028}b\u{85}c\u{B}d\n", ["a\u{2028}b\u{85}c\\u000bd"]), ("\u{FEFF}a\n", ["a"]),
    ("a\n\nb", ["a", "", "b"]), ("\"\\\t😀\n", ["\\\"\\\\\\t😀"]),
    ("a\u{0}b\n", ["a\\u0000b"]), (" a \n", [" a "]),
  ])
  func rowsAreLines(_ input: String, _ texts: [String]) throws {
    let result = try encode(input: input)
    expectRows(result, texts.count)
    for (line, text) in zip(result.lines, texts) {
      #expect(line.lowercased().hasPrefix("{\"text\":\"\(text)\",\"embedding\":["), "\(line)")
      #expect(numbers(line).count == 32)
    }
  }

  @Test func fiveHundredRowsAreInOrderAndEachAsIfAlone() throws {
    let texts = variedTexts(500)
    let together = try embed(
      "encode", "-m", Models.tiny, "--quiet", input: texts.joined(separator: "\n") + "\n")
    expectRows(together, 500)
    #expect(try together.lines == linesAlone(texts))
  }

  @Test func aProcessOfItsOwnGivesTheSameBits() throws {
    let texts = Array(variedTexts(40)[20...])
    let together = try embed(
      "encode", "-m", Models.tiny, "--quiet", input: texts.joined(separator: "\n"))
    for (line, text) in zip(together.lines, texts) {
      #expect(try encode("--quiet", input: text + "\n").lines == [line])
    }
  }

  @Test(arguments: [
    ["--threads", "1"], ["--threads", "2"], ["--threads", "999"], ["--batch-tokens", "1"],
    ["--batch-tokens", "7"], ["--batch-tokens", "100000"],
    ["--threads", "1", "--batch-tokens", "100000"], ["--progress", "never"],
  ])
  func whatIsAboutSpeedChangesNoByte(_ options: [String]) throws {
    let input = variedTexts(300).joined(separator: "\n")
    let plain = try embed("encode", "-m", Models.tiny, "--quiet", input: input)
    let other = try embedCommand(["encode", "-m", Models.tiny, "--quiet"] + options)(
      Array(input.utf8))
    expectRows(other, 300)
    #expect(other.stdout == plain.stdout)
  }

  @Test(.enabled(if: Models.hasReal, "models/all-MiniLM-L6-v2 is not there"))
  func theRealModelGivesEachRowAsIfAlone() throws {
    let texts = variedTexts(12)
    let together = try embed(
      "encode", "-m", Models.real, "--batch-tokens", "100000", input: texts.joined(separator: "\n"))
    expectRows(together, 12)
    #expect(try together.lines == linesAlone(texts, model: Models.real))
  }

  @Test func severalFilesAreReadInTurn() throws {
    let folder = try ScratchFolder()
    let first = try folder.write("a.txt", "one\ntwo")
    let second = try folder.write("b.jsonl", "{\"text\":\"three\",\"n\":3}\n")
    let result = try embed("encode", "-m", Models.tiny, first, "-", second, input: "between\n")
    expectRows(result, 4)
    let texts = result.lines.map { $0.split(separator: "\"")[3] }
    #expect(texts == ["one", "two", "between", "three"])
  }

  @Test func aMissingFileIsToldBeforeTheFirstRow() throws {
    let folder = try ScratchFolder()
    let first = try folder.write("a.txt", "one\n")
    let result = try embed("encode", "-m", Models.tiny, first, "\(folder.path)/missing.txt")
    expectFailure(
      result,
      message: "\(folder.path)/missing.txt: cannot open: No such file or directory; check the "
        + "path")
  }
}

/// `embed` that is asked to stop.
@Suite struct EncodeInterruptTests {
  @Test(arguments: [SIGINT, SIGTERM]) func anOpenPipeIsLeft(_ signal: Int32) throws {
    let running = try embedCommand(["encode", "-m", Models.tiny]).started()
    running.send("the cat\na river\n")
    #expect(running.waitForLines(2))
    running.signal(signal)
    let result = running.finished(keepingInputOpen: true)
    #expect(result.ending == .exited(128 + signal))
    #expect(result.lines.count == 2)
    #expect(result.stderr.isEmpty)
  }

  @Test func aLongRunWritesTheRowsThatAreReady() throws {
    let running = try embedCommand(["encode", "-m", Models.tiny]).started()
    running.send((0..<200_000).map { "cat \($0)\n" }.joined())
    #expect(running.waitForLines(100))
    running.signal(SIGINT)
    let result = running.finished(keepingInputOpen: true)
    #expect(result.ending == .exited(130))
    #expect((100..<200_000).contains(result.lines.count))
    #expect(result.stdout.last == 0x0A)
    for (index, line) in result.lines.enumerated()
    where !line.hasPrefix("{\"text\":\"cat \(index)\"") {
      Issue.record("row \(index) is \(line.prefix(40))")
      break
    }
  }

  @Test(arguments: ["x.jsonl", "x.f32"]) func thePartIsKept(_ name: String) throws {
    let folder = try ScratchFolder()
    try folder.write(name, "older")
    let running = try embedCommand(
      ["encode", "-m", Models.tiny, "--output", "\(folder.path)/\(name)"]
    ).started()
    running.send("the cat\na river\n")
    for _ in 0..<1000 where (try? folder.bytes("\(name).part").count) ?? 0 < 2 * 32 * 4 {
      usleep(10_000)
    }
    running.signal(SIGINT)
    let result = running.finished(keepingInputOpen: true)
    #expect(result.ending == .exited(130))
    #expect(try folder.names == [name, "\(name).part", "\(name).part.json"])
    #expect(try folder.text(name) == "older")
    if name == "x.f32" { #expect(try folder.bytes("x.f32.part").count == 2 * 32 * 4) }
  }

  @Test func tokenizeEndsAsEncodeDoes() throws {
    let running = try embedCommand(["tokenize", "-m", Models.tiny]).started()
    running.send("the cat\n")
    #expect(running.waitForLines(1))
    running.signal(SIGINT)
    #expect(running.finished(keepingInputOpen: true).ending == .exited(130))
  }
}
