import Foundation
import Glibc
import TestSupport
import Testing

/// `--resume`: a run that was ended at any instant goes on, and nobody can tell.
@Suite struct EncodeResumeTests {
  private static let texts = variedTexts(600)
  private static let lines = texts.joined(separator: "\n")

  private func arguments(
    _ file: String, _ more: [String], model: String = Models.tiny
  ) -> [String] {
    ["encode", "-m", model, "--quiet", "--threads", "1", "--output", file] + more
  }

  /// A folder with a part of three rows, as a run leaves it that was ended behind them.
  /// - Parameter older: what is in the file that the run would replace, if there is one
  private func interrupted(
    _ name: String, _ more: [String] = [], older: String? = nil
  ) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    if let older { try folder.write(name, older) }
    let running = try embedCommand(arguments("\(folder.path)/\(name)", more)).started()
    running.send("the cat\na mat\nby the river\n")
    let whole = name.hasSuffix("npy") ? 128 + 3 * 128 : 3 * 128
    for _ in 0..<1000 where (try? folder.bytes("\(name).part").count) ?? 0 < whole {
      usleep(10_000)
    }
    running.signal(SIGKILL)
    #expect(running.finished().ending == .killed(signal: SIGKILL))
    let left = ["\(name).part", "\(name).part.json"]
    #expect(try folder.names == (older == nil ? [] : [name]) + left)
    return folder
  }

  @Test(arguments: ["jsonl", "npy", "f32", "csv"])
  func aKilledRunIsNeverTakenForWhole(_ format: String) throws {
    let folder = try interrupted("x.\(format)", older: "older")
    let (file, input) = ("\(folder.path)/x.\(format)", Array("a fox\nhome\n".utf8))
    #expect(try folder.text("x.\(format)") == "older")
    if format == "npy" {
      // Under whatever name, what is not finished is no NumPy file.
      try folder.write("y.npy", try folder.bytes("x.npy.part"))
      let message =
        "\(folder.path)/y.npy: its header does not say descr, fortran_order and shape of one array "
        + "of numbers; the file is damaged, or was not finished"
      expectFailure(
        try embed("search", "--vectors", "\(folder.path)/y.npy", "--queries", file),
        message: message)
      expectFailure(
        try embed("cluster", "--kmeans", "1", "--vectors", "\(folder.path)/y.npy"),
        message: message)
      try folder.remove("y.npy")
    }
    // A run without --resume begins anew, and says so.
    let anew = try embedCommand(arguments(file, []).filter { $0 != "--quiet" })(input)
    #expect(anew.ending == .exited(0))
    #expect(
      anew.stderr
        == "embed: \(file).part, of a run that did not end, is replaced; with --resume it "
        + "would be gone on with\n")
    let fresh = "\(folder.path)/fresh.\(format)"
    expectRows(try embedCommand(arguments(fresh, []))(input), 0)
    #expect(try folder.bytes("x.\(format)") == (try folder.bytes("fresh.\(format)")))
    let names = ["fresh.\(format)", "x.\(format)"]
    #expect(
      try folder.names == (format == "npy" ? names.flatMap { [$0, $0 + ".json"] } : names))
  }

  @Test(
    arguments: [
      ("jsonl", []), ("npy", []), ("f32", ["--long", "chunk"]), ("csv", []),
      ("jsonl", ["--quantize", "binary", "--tokens"]), ("npy", ["--quantize", "ubinary"]),
    ] as [(String, [String])], [Samples.newSeed])
  func aRunKilledAtAnyInstantGoesOn(_ run: (String, [String]), seed: UInt64) throws {
    try goesOnWhenKilled(run.0, run.1, Models.tiny, seed: seed)
  }

  @Test(
    arguments: [
      ("npz", [], "sp_bert"), ("jsonl", ["--sparse", "tokens"], "sp_bert"), ("npy", [], "mv_bert"),
      ("npy", ["--prompt-name", "query"], "mv_pylate"), ("jsonl", [], "mv_bert"),
    ] as [(String, [String], String)], [Samples.newSeed])
  func soDoesARunOfOtherVectors(_ run: (String, [String], String), seed: UInt64) throws {
    try goesOnWhenKilled(run.0, run.1, RecordedModel(run.2).path, seed: seed)
  }

  private func goesOnWhenKilled(
    _ format: String, _ more: [String], _ model: String, seed: UInt64
  ) throws {
    var samples = Samples(seed: seed)
    let folder = try ScratchFolder()
    let input = try folder.write("in.txt", Self.lines)
    let unbroken = "\(folder.path)/unbroken.\(format)"
    let start = Date()
    expectRows(try embedCommand(arguments(unbroken, more + [input], model: model))(), 0)
    let seconds = Date().timeIntervalSince(start)
    var command = try embedCommand(
      arguments("\(folder.path)/x.\(format)", more + ["--resume", input], model: model))
    command.seconds = 60
    var kills = 0
    while kills < 5 {
      // Early first: how fast it runs depends on what else does.
      let running = try command.started()
      usleep(
        UInt32(seconds * Double.random(in: 0...0.15 * Double(kills + 1), using: &samples) * 1e6))
      running.signal(SIGKILL)
      let result = running.finished()
      guard result.ending == .killed(signal: SIGKILL) else {
        expectRows(result, 0)
        break
      }
      kills += 1
    }
    #expect(kills > 0)
    if kills == 5 { expectRows(try command(), 0) }
    let names = try folder.names
    for name in names where name.hasPrefix("x.") {
      #expect(try folder.bytes(name) == folder.bytes("unbroken" + name.dropFirst()))
    }
    let (files, others) = (names.count { $0.hasPrefix("x.") }, names.count { $0.hasPrefix("un") })
    #expect(names.contains("x.\(format)") && files == others && names.count == 1 + 2 * files)
    #expect(!names.contains { $0.contains(".part") }, "\(names)")
  }

  @Test(arguments: ["jsonl", "npy", "f32", "csv"])
  func whateverWasCutOffIsWrittenAgain(_ format: String) throws {
    let folder = try ScratchFolder()
    let input = variedTexts(5).joined(separator: "\n")
    let file = "\(folder.path)/x.\(format)"
    let command = try embedCommand(arguments(file, []))
    expectRows(try command(Array(input.utf8)), 0)
    let whole = try folder.bytes("x.\(format)")
    // The record of such a run, from one that fails behind its rows.
    let failing = try command(Array(input.utf8) + [0x0A, 0xFF])
    expectFailure(
      failing,
      message: "stdin, line 6: not UTF-8 (byte 0xFF at column 1); convert the file to UTF-8")
    let record = try folder.bytes("x.\(format).part.json")
    for count in [0, 1, 127, 128, 129, 300, whole.count / 2, whole.count - 1, whole.count] {
      try folder.write("x.\(format).part", whole.prefix(count))
      try folder.write("x.\(format).part.json", record)
      let result = try embedCommand(arguments(file, ["--resume"]))(Array(input.utf8))
      expectRows(result, 0)
      #expect(try folder.bytes("x.\(format)") == whole, "\(count) bytes")
      #expect(try folder.names == ["x.\(format)"] + (format == "npy" ? ["x.npy.json"] : []))
    }
  }

  @Test func tablesAndObjectsGoOn() throws {
    let folder = try ScratchFolder()
    let rows = (0..<50).map { ["{\"text\":\"the cat \($0)\",\"n\":\($0)}", "cat \($0),\"a\nb\""] }
    for (name, head, column, message) in [
      (
        "in.jsonl", "", 0,
        "bad-in.jsonl, line 51: not JSON: column 1: expected a value, found the byte 0x00"
      ),
      (
        "in.csv", "text,other\n", 1,
        "bad-in.csv, line 102: 1 cell, the header has 2; quote cells that contain commas"
      ),
    ] {
      let input = try folder.write(name, head + rows.map { $0[column] + "\n" }.joined())
      expectRows(try embedCommand(arguments("\(folder.path)/whole.jsonl", [input]))(), 0)
      let whole = try folder.text("whole.jsonl")
      let failing = try folder.write("bad-\(name)", try folder.text(name) + "\u{0}\"\n")
      expectFailure(
        try embedCommand(arguments("\(folder.path)/x.jsonl", [failing]))(),
        message: "\(folder.path)/\(message)")
      #expect(try folder.text("x.jsonl.part") == whole)
      let kept = whole.split(separator: "\n", omittingEmptySubsequences: false).prefix(20)
      try folder.write("x.jsonl.part", kept.joined(separator: "\n"))
      let result = try embedCommand(arguments("\(folder.path)/x.jsonl", ["--resume", input]))()
      expectRows(result, 0)
      #expect(try folder.text("x.jsonl") == whole)
    }
  }

  @Test(
    arguments: [
      (["--dimensions", "16"], "--dimensions 32, this run has 16"),
      (["--normalize"], "--normalize unset, this run has set"),
      (["--prompt", "find: "], "prompt unset, this run has `find: `"),
      (["--max-length", "16"], "--max-length unset, this run has 16"),
      (["--long", "chunk"], "--long cut, this run has chunk"),
      (["--delimiter", "tab"], "--delimiter unset, this run has a tab"),
      (["--encoding", "latin1"], "--encoding unset, this run has latin1"),
    ] as [([String], String)])
  func otherOptionsAreRefused(_ more: [String], _ difference: String) throws {
    let folder = try interrupted("x.f32")
    let before = try folder.bytes("x.f32.part")
    let result = try embedCommand(arguments("\(folder.path)/x.f32", more + ["--resume"]))(
      Array("the cat\na mat\nby the river\nhome\n".utf8))
    expectFailure(
      result,
      message: "\(folder.path)/x.f32.part was made with \(difference); give what it had, or start "
        + "again without --resume")
    #expect(try folder.bytes("x.f32.part") == before)
    #expect(try folder.names == ["x.f32.part", "x.f32.part.json"])
  }

  @Test func anotherModelIsRefusedAndTheSameElsewhereIsNot() throws {
    for spoils in [false, true] {
      let copy = try ScratchFolder(copyOf: Models.tiny)
      let folder = try interrupted("x.npy")
      if spoils {
        try copy.set("pooling_mode_mean_tokens", in: "1_Pooling/config.json", to: "false")
        try copy.set("pooling_mode_cls_token", in: "1_Pooling/config.json", to: "true")
      }
      var command = arguments("\(folder.path)/x.npy", ["--resume"])
      command[2] = copy.path
      let result = try embedCommand(command)(Array("the cat\na mat\nby the river\nhome\n".utf8))
      if spoils {
        expectFailure(
          result,
          message: "\(folder.path)/x.npy.part was made with the model \(Models.tiny), and "
            + "\(copy.path) gives other vectors here (it is another model, or another machine or "
            + "build runs it); take the one it had, or start again without --resume")
      } else {
        expectRows(result, 0)
        #expect(try folder.bytes("x.npy").count == 128 + 4 * 128)
      }
    }
  }

  @Test func anotherInputIsRefused() throws {
    for (input, problem) in [
      ("the cat\n", "PART has 3 rows, the input only 1"),
      ("the cat\na mat\nby the house\n", "stdin, line 3 does not give the last row of PART"),
      ("", "PART has 3 rows, the input only 0"),
    ] {
      let folder = try interrupted("x.jsonl")
      let named = problem.replacingOccurrences(of: "PART", with: "\(folder.path)/x.jsonl.part")
      let command = try embedCommand(arguments("\(folder.path)/x.jsonl", ["--resume"]))
      expectFailure(
        try command(Array(input.utf8)),
        message: "\(named); give the input that it was made of, or start again without --resume")
      expectRows(try command(Array("the cat\na mat\nby the river\n".utf8)), 0)
      #expect(try folder.text("x.jsonl").split(separator: "\n").count == 3)
    }
  }

  @Test func withoutARecordNothingIsGoneOnFrom() throws {
    let folder = try interrupted("x.csv")
    let command = try embedCommand(arguments("\(folder.path)/x.csv", ["--resume"]))
    try folder.write("x.csv.part.json", "{\"model\":")
    let part = "\(folder.path)/x.csv.part"
    expectFailure(
      try command(Array("the cat\n".utf8)),
      message: "\(part).json: line 1, column 10: expected a value, found the end of the text; "
        + "start again without --resume")
    try folder.remove("x.csv.part.json")
    expectFailure(
      try command(Array("the cat\n".utf8)),
      message: "\(part).json is missing, the record of what made \(part); start again without "
        + "--resume")
    expectRows(try embedCommand(arguments("\(folder.path)/x.csv", []))(Array("a\n".utf8)), 0)
    #expect(try folder.names == ["x.csv"])
  }

  @Test func whereThereIsNothingItBeginsAtTheFirstRow() throws {
    let folder = try ScratchFolder()
    let file = "\(folder.path)/x.jsonl"
    let note = "embed: \(file).part has no rows to resume from; starting at the first"
    for older in ["", ", and \(file) is replaced once all are written"] {
      let result = try encode("--resume", "--output", file, input: "a\n")
      #expect(result.ending == .exited(0))
      #expect(result.stderr == "\(note)\(older)\n")
      #expect(try folder.names == ["x.jsonl"])
    }
    expectFailure(
      try encode("--resume", "--output", "/dev/null", input: "a\n"),
      message: "/dev/null is no file; --resume needs one, to continue its FILE.part")
  }
}
