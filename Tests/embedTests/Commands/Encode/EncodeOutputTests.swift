import Glibc
import TestSupport
import Testing

/// Where vectors go, and in what form.
@Suite struct EncodeOutputTests {
  static let input = variedTexts(40).joined(separator: "\n")

  /// The vectors of `input` as JSON lines have them.
  static func vectors() throws -> [[Float]] {
    try embed("encode", "-m", Models.tiny, "--quiet", input: input).lines.map(numbers)
  }

  static func floats(_ bytes: some Collection<UInt8>) -> [Float] {
    let bytes = Array(bytes)
    return stride(from: 0, to: bytes.count - bytes.count % 4, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * $1) })
    }
  }

  private func output(_ format: String, _ input: String = input) throws -> CommandResult {
    let result = try embed(
      "encode", "-m", Models.tiny, "--quiet", "--format", format, input: input)
    #expect(result.ending == .exited(0))
    #expect(result.stderr.isEmpty)
    return result
  }

  @Test func rawRowsAreTheSameFloats() throws {
    #expect(try Self.floats(try output("f32").stdout) == Self.vectors().flatMap { $0 })
  }

  @Test func csvHasARowOfNumbersAndNoHeader() throws {
    let rows = try output("csv").lines.map { $0.split(separator: ",").compactMap { Float($0) } }
    #expect(try rows == Self.vectors())
  }

  @Test(arguments: [(input, 40), ("", 0), ("a\n", 1)])
  func numpyCountsItsRows(_ input: String, _ rows: Int) throws {
    let bytes = try output("npy", input).stdout
    #expect(bytes.starts(with: [0x93] + "NUMPY\u{1}\u{0}".utf8))
    let length = Int(bytes[8]) | Int(bytes[9]) << 8
    #expect((length + 10) % 64 == 0)
    let header = String(decoding: bytes[10..<length + 10], as: UTF8.self)
    for part in ["'descr': '<f4'", "'fortran_order': False"] { #expect(header.contains(part)) }
    let shape = header.split(separator: "(")[1].split(separator: ")")[0]
    #expect(shape.split(separator: ",").map { Int($0.drop { $0 == " " }) } == [rows, 32])
    #expect(header.last == "\n")
    #expect(bytes.count == 10 + length + rows * 32 * 4)
    if rows == 40 {
      #expect(try Self.floats(bytes[(length + 10)...]) == Self.vectors().flatMap { $0 })
    }
  }

  @Test(arguments: ["npy", "f32", "csv", "jsonl"])
  func aFileHasTheBytesThatAPipeGets(_ format: String) throws {
    let folder = try ScratchFolder()
    let result = try embed(
      "encode", "-m", Models.tiny, "--quiet", "--output", "\(folder.path)/x.\(format)",
      input: Self.input)
    expectRows(result, 0)
    #expect(try folder.names == ["x.\(format)"] + (format == "npy" ? ["x.npy.json"] : []))
    #expect(try folder.bytes("x.\(format)") == (try output(format).stdout))
    var redirected = try embedCommand(["encode", "-m", Models.tiny, "--quiet", "--format", format])
    redirected.output = .file("\(folder.path)/redirected")
    #expect(try redirected(Array(Self.input.utf8)).ending == .exited(0))
    #expect(try folder.bytes("redirected") == (try folder.bytes("x.\(format)")))
  }

  @Test func aFileIsAPartUntilItIsWhole() throws {
    let folder = try ScratchFolder()
    let running = try embedCommand(
      ["encode", "-m", Models.tiny, "--output", "\(folder.path)/x.npy"]
    ).started()
    running.send("the cat\n")
    // The first vector behind the header of 128 bytes.
    for _ in 0..<1000 where (try? folder.bytes("x.npy.part").count) ?? 0 < 128 + 32 * 4 {
      usleep(10_000)
    }
    #expect(try folder.names == ["x.npy.part", "x.npy.part.json"])
    expectRows(running.finished(), 0)
    #expect(try folder.names == ["x.npy", "x.npy.json"])
  }

  @Test func anOlderFileIsReplacedOnlyBySuccess() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("x.jsonl", "older\n")
    let failing = try embed(
      "encode", "-m", Models.tiny, "--input", "jsonl", "--output", file,
      input: "{\"text\":\"a\"}\nx\n")
    expectFailure(
      failing,
      message: "stdin, line 2: not JSON: column 1: expected a value, found `x`")
    #expect(try folder.text("x.jsonl") == "older\n")
    #expect(try folder.text("x.jsonl.part").hasPrefix("{\"text\":\"a\",\"embedding\":["))
    let again = try encode("--output", file, input: "b\n")
    #expect(
      again.stderr
        == "embed: \(file).part, of a run that did not end, is replaced; with --resume it "
        + "would be gone on with\n")
    #expect(try folder.names == ["x.jsonl"])
    #expect(try folder.text("x.jsonl") == (try encode(input: "b\n").text))
  }

  @Test func twoRunsDoNotWriteOneFile() throws {
    let folder = try ScratchFolder()
    let arguments = ["encode", "-m", Models.tiny, "--output", "\(folder.path)/x.jsonl"]
    let first = try embedCommand(arguments).started()
    first.send("the cat\n")
    for _ in 0..<1000 where (try? folder.bytes("x.jsonl.part").count) ?? 0 == 0 { usleep(10_000) }
    expectFailure(
      try embedCommand(arguments)(Array("b\n".utf8)),
      message: "\(folder.path)/x.jsonl.part: another run is writing it; wait for it or name "
        + "another output")
    expectRows(first.finished(), 0)
    #expect(try folder.text("x.jsonl").hasPrefix("{\"text\":\"the cat\""))
  }

  @Test func aFullDeviceIsAFailure() throws {
    for (arguments, name) in [(["--output", "/dev/full"], "/dev/full"), ([], "stdout")] {
      var command = try embedCommand(["encode", "-m", Models.tiny] + arguments)
      if arguments.isEmpty { command.output = .file("/dev/full") }
      expectFailure(
        try command(Array("a\n".utf8)),
        message: "\(name): cannot write: No space left on device; free some space")
    }
  }

  @Test(arguments: [["tokenize"], ["inspect"], ["similarity", "a", "b"]])
  func aFullDeviceIsAFailureOfEveryCommand(_ arguments: [String]) throws {
    var command = try embedCommand(arguments + ["-m", Models.tiny])
    command.output = .file("/dev/full")
    expectFailure(
      try command(Array("a\n".utf8)),
      message: "stdout: cannot write: No space left on device; free some space")
  }

  @Test func placesWithoutRoomForAFileAreNamed() throws {
    let folder = try ScratchFolder()
    let noFolder = ".part: cannot create: No such file or directory; make its folder first"
    for (place, message) in [
      ("\(folder.path)/missing/x.jsonl", noFolder),
      ("/dev/null/x.jsonl", ".part: cannot create: Not a directory; make its folder first"),
      (folder.path, ": is a directory; name a file in it"), ("/proc/x.jsonl", noFolder),
      ("", "the output's name is empty or has a NUL byte; name a file"),
    ] {
      expectFailure(try encode("--output", place, input: "a\n"), message: place + message)
    }
    #expect(try folder.names.isEmpty)
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func aReadOnlyFolderIsNamed() throws {
    let folder = try ScratchFolder()
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    let result = try encode("--output", "\(folder.path)/x.jsonl", input: "a\n")
    expectFailure(
      result,
      message: "\(folder.path)/x.jsonl.part: cannot create: Permission denied; check the "
        + "folder's permissions")
  }

  @Test func aFileSizeLimitIsAFailureThatKeepsThePart() throws {
    let folder = try ScratchFolder()
    let command = try embedCommand(
      ["encode", "-m", Models.tiny, "--quiet", "--output", "\(folder.path)/x.f32"])
    let limited = RunCommand(
      "/bin/sh", ["-c", "ulimit -f 4; exec \"$@\"", "sh", command.executable] + command.arguments,
      environment: command.environment)
    expectFailure(
      try limited(Array(Self.input.utf8)),
      message: "\(folder.path)/x.f32: cannot write: File too large; raise the limit on a file's "
        + "size (ulimit -f); what was written so far is in \(folder.path)/x.f32.part")
    #expect(try folder.names == ["x.f32.part", "x.f32.part.json"])
  }
}

/// Standard streams that are closed from the start.
@Suite struct ClosedStreamTests {
  private func run(
    _ arguments: [String], input: RunCommand.Stream = .pipe, output: RunCommand.Stream = .pipe
  ) throws -> CommandResult {
    var command = try embedCommand(arguments + ["-m", Models.tiny])
    (command.input, command.output, command.seconds) = (input, output, 5)
    return try command(Array("the cat\n".utf8))
  }

  @Test(arguments: [["encode"], ["tokenize"], ["similarity", "a", "b"], ["inspect"]])
  func nowhereToWriteIsAFailure(_ command: [String]) throws {
    expectFailure(
      try run(command, output: .closed),
      message: "stdout: cannot write: Bad file descriptor; name another output")
  }

  @Test(arguments: [["encode"], ["tokenize"]])
  func nothingToReadIsAFailure(_ command: [String]) throws {
    expectFailure(
      try run(command, input: .closed),
      message: "stdin: cannot read: Bad file descriptor")
  }

  @Test(arguments: [["encode"], ["tokenize"], ["similarity", "a", "b"], ["inspect"]])
  func neitherIsAFailure(_ command: [String]) throws {
    let result = try run(command, input: .closed, output: .closed)
    #expect(result.ending == .exited(1))
    #expect(result.stderr.hasPrefix("embed: "))
  }

  @Test func aFileNeedsNoStandardInput() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("a.txt", "the cat\n")
    expectRows(try run(["encode", file], input: .closed), 1)
    let output = ["--output", "\(folder.path)/x.jsonl"]
    expectRows(try run(["encode", file] + output, input: .closed, output: .closed), 0)
    #expect(try folder.text("x.jsonl") == (try encode(input: "the cat\n").text))
  }
}
