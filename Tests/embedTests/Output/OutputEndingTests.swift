import Glibc
import TestSupport
import Testing

@testable import embed

/// Outputs whose names promise something, and outputs that are inputs.
@Suite struct OutputEndingTests {
  @Test(
    arguments: [
      ("a.npy", .format(.npy)), ("a.f32", .format(.f32)), ("a.CSV", .format(.csv)),
      ("a.u8", .format(.u8)), ("a.jsonl", .format(.jsonl)), ("a.ndjson", .format(.jsonl)),
      ("a.json", .format(.jsonl)), ("a", .none), ("npy", .none), (".npy", .none), ("a.", .none),
      ("-", .none), ("a.npy/b", .none), ("/dev/stdout", .none), ("a.txt", .unknown("txt")),
      ("a.jsonl.gz", .unknown("gz")), ("a.Parquet", .unknown("parquet")),
    ] as [(String, OutputEnding)])
  func endingsPromiseFormats(_ path: String, _ ending: OutputEnding) {
    #expect(OutputEnding(path) == ending)
  }

  @Test(arguments: ["parquet", "gz", "npx", "bin", "txt", "2024"])
  func anUnknownOneNeedsAFormat(_ ending: String) throws {
    let folder = try ScratchFolder()
    let file = "\(folder.path)/out.\(ending)"
    let result = try encode("--output", file, input: "the cat\n")
    expectUsage(
      result,
      "--output \(file): nothing is written as .\(ending); known are .jsonl, .json, .npy, .npz, .csv, "
        + ".f32, .i8 and .u8, and --format writes one of these under any other name")
    #expect(try folder.names == [])
    expectRows(try encode("--output", file, "--format", "jsonl", input: "the cat\n"), 0)
    #expect(try folder.names == ["out.\(ending)"])
  }

  @Test(arguments: [("npy", "csv"), ("jsonl", "npy"), ("csv", "json"), ("f32", "npy")])
  func oneFormatIsNotWrittenUnderTheEndingOfAnother(_ format: String, _ ending: String) throws {
    let folder = try ScratchFolder()
    let file = "\(folder.path)/out.\(ending)"
    let result = try encode("--output", file, "--format", format, input: "the cat\n")
    let promised = ending == "json" ? "jsonl" : ending
    expectUsage(
      result,
      "--output \(file): its ending is that of \(promised), --format says \(format); give one of "
        + "them, or another ending")
    #expect(try folder.names == [])
  }

  @Test(
    arguments: [
      (
        ["plot", "--output", "x.png"],
        "--output x.png: its ending is .png, what is written is .svg; name a FILE.svg"
      ),
      (
        ["cluster", "--kmeans", "1", "--plot", "x.html"],
        "--plot x.html: its ending is .html, what is written is .svg; name a FILE.svg"
      ),
      (
        ["search", "--corpus", "x", "--save", "x.csv", "q"],
        "--save x.csv: its ending is .csv, what is written is .npy; name a FILE.npy"
      ),
    ])
  func picturesAndVectorsHaveTheirOwn(_ arguments: [String], _ message: String) throws {
    expectUsage(try embedCommand(arguments)(), message)
  }

  private func expectUsage(_ result: CommandResult, _ message: String) {
    #expect(result.ending == .exited(64), "\(result.stderr)")
    #expect(result.stdout.isEmpty)
    #expect(result.stderr.split(separator: "\n").first == "Error: \(message)")
  }
}

@Suite struct OutputIsInputTests {
  private let folder: ScratchFolder
  private let file: String

  init() throws {
    folder = try ScratchFolder()
    file = try folder.write("x.jsonl", "{\"text\":\"a\"}\n")
    try folder.link("link.jsonl", to: file)
    #expect(link(file, "\(folder.path)/hard.jsonl") == 0)
    try folder.write("y.jsonl.part", "{\"text\":\"a\"}\n")
  }

  @Test(
    arguments: [
      ("x.jsonl", "x.jsonl", "x.jsonl"), ("link.jsonl", "x.jsonl", "x.jsonl"),
      ("x.jsonl", "link.jsonl", "x.jsonl"), ("hard.jsonl", "x.jsonl", "x.jsonl"),
      ("y.jsonl.part", "y.jsonl", "y.jsonl.part"),
    ])
  func aFileIsNotWrittenOverWhileItIsRead(_ input: String, _ output: String, _ written: String)
    throws
  {
    let before = try folder.bytes(input)
    let result = try embed(
      "encode", "-m", Models.tiny, "--input", "jsonl", "\(folder.path)/\(input)", "--output",
      "\(folder.path)/\(output)")
    expectFailure(
      result,
      message: "\(folder.path)/\(input): would be written over while it is read, as "
        + "\(folder.path)/\(written); name another output")
    #expect(try folder.bytes(input) == before)
  }

  @Test func standardInputAndOutputCount() throws {
    var command = try embedCommand(
      ["encode", "-m", Models.tiny, "--input", "jsonl", "--output", file])
    command.input = .file(file)
    expectFailure(
      try command(),
      message: "stdin: would be written over while it is read, as \(file); name another output")
    for arguments in [["encode"], ["tokenize"]] {
      var command = try embedCommand(arguments + ["-m", Models.tiny, file])
      command.output = .file(file)
      expectFailure(
        try command(),
        message:
          "\(file): would be written over while it is read, as standard output; name another "
          + "output")
    }
  }

  @Test(
    arguments: [
      ["plot", "x", "--output", "x"], ["cluster", "--kmeans", "1", "x", "--plot", "x"],
      ["search", "--corpus", "x", "--save", "x", "q"],
      ["search", "--corpus", "x.npy.json", "--save", "x.npy", "--input", "lines", "q"],
      ["encode", "--quantize", "int8", "--calibration", "x", "--output", "x", "-"],
    ])
  func everyFileOfTheCommandCounts(_ arguments: [String]) throws {
    for name in ["x", "x.npy.json"] { try folder.write(name, "a\nb\n") }
    var command = try embedCommand(arguments + ["-m", Models.tiny])
    command.folder = folder.path
    let name = arguments.contains("x.npy.json") ? "x.npy.json" : "x"
    expectFailure(
      try command(),
      message: "\(name): would be written over while it is read, as \(name); name another output")
    #expect(try folder.text(name) == "a\nb\n")
  }
}
