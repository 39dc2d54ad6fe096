import Foundation
import Glibc
import TestSupport
import Testing

/// `embed reduce` and `embed distill`.
@Suite struct ReduceDistillTests {
  private static let tooMany =
    "33 dimensions are asked for, but the vectors of \(Models.tiny) have 32 numbers; name 1 to 32"
  private static let isTaken = "taken is there already; name a new folder, or remove it"
  private static let noTexts = "none.txt: cannot open: No such file or directory; check the path"
  private static let texts = variedTexts(60).joined(separator: "\n") + "\n"

  /// Runs it with the tiny model in a folder with texts.
  private func run(
    _ arguments: [String], in scratch: ScratchFolder, _ environment: [String: String] = [:]
  ) throws -> CommandResult {
    try scratch.write("texts.txt", Self.texts)
    var command = try embedCommand(
      arguments + ["-m", Models.tiny, "--quiet"], environment: environment)
    command.folder = scratch.path
    return try command([])
  }

  @Test(arguments: [
    (["reduce", "--texts", "texts.txt"], "made/3_Dense  8 of 32 dimensions, "),
    (["reduce", "--texts", "texts.txt", "--whiten"], "made/3_Dense  8 of 32 dimensions, "),
    (["distill"], "made  285 tokens, 8 dimensions, "),
    (["distill", "--texts", "texts.txt", "--whiten"], "made  285 tokens, 8 dimensions, "),
  ])
  func theModelsVectorsHaveAsManyNumbersAsAskedFor(_ command: [String], _ words: String) throws {
    let scratch = try ScratchFolder()
    let result = try run(command + ["--dimensions", "8", "--output", "made"], in: scratch)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.text.hasPrefix(words) && result.text.contains(" % of the variance"))
    let encoded = try embed(
      "encode", "-m", scratch.path + "/made", "--quiet", input: "the cat\na\n")
    expectRows(encoded, 2)
    for line in encoded.lines {
      let vector = numbers(line)
      #expect(vector.count == 8)
      #expect(abs(vector.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/made.part"))
  }

  @Test(arguments: [
    (
      ["reduce", "--texts", "texts.txt", "--dimensions", "33", "--output", "made"], tooMany
    ),
    (["distill", "--dimensions", "33", "--output", "made"], tooMany),
    (
      ["reduce", "--texts", "texts.txt", "--dimensions", "8", "--output", "taken"], isTaken
    ),
    (["distill", "--dimensions", "8", "--output", "taken"], isTaken),
    (["reduce", "--texts", "none.txt", "--dimensions", "8", "--output", "made"], noTexts),
    (["distill", "--texts", "none.txt", "--dimensions", "8", "--output", "made"], noTexts),
    (
      ["distill", "--texts", "/dev/null", "--dimensions", "8", "--output", "made"],
      "the texts have no tokens to count; give others"
    ),
    (
      ["reduce", "--texts", "/dev/null", "--dimensions", "8", "--output", "made"],
      "8 dimensions need at least 8 texts, found 0; give more (ten times as many are better), or "
        + "name fewer dimensions"
    ),
  ])
  func whatCannotBeDoneLeavesNothing(_ arguments: [String], _ message: String) throws {
    let scratch = try ScratchFolder()
    try scratch.write("taken/mine.txt", "mine")
    expectFailure(try run(arguments, in: scratch), message: message)
    #expect(try scratch.names == ["taken", "texts.txt"])
    #expect(try scratch.text("taken/mine.txt") == "mine")
  }

  @Test(arguments: [
    ["reduce", "--texts", "texts.txt", "--dimensions", "8"], ["distill", "--dimensions", "8"],
  ])
  func whatAKilledRunLeftIsTakenOver(_ arguments: [String]) throws {
    let scratch = try ScratchFolder()
    try scratch.write("texts.txt", Self.texts)
    var command = try embedCommand(arguments + ["-m", Models.tiny, "--output", "made", "--quiet"])
    command.folder = scratch.path
    let running = try command.started()
    let end = Date() + 10
    while Date() < end, try !scratch.names.contains("made.part"),
      try !scratch.names.contains("made")
    { sched_yield() }
    running.signal(SIGKILL)
    _ = running.finished()
    // Else it was finished before: the model is whole.
    if try !scratch.names.contains("made") {
      let result = try command()
      #expect(result.ending == .exited(0), "\(result.stderr)")
    }
    #expect(try scratch.names == ["made", "texts.txt"])
    let whole = try run(arguments + ["--output", "whole"], in: scratch)
    #expect(whole.ending == .exited(0), "\(whole.stderr)")
    let files = try ["made", "whole"].map {
      try FileManager.default.subpathsOfDirectory(atPath: scratch.file($0)).sorted()
    }
    #expect(files[0] == files[1])
    expectRows(try embed("encode", "-m", scratch.path + "/made", input: "a\n"), 1)
  }

  @Test(arguments: ["reduce", "distill"])
  func withoutLapackItSaysWhatToInstall(_ command: String) throws {
    let scratch = try ScratchFolder()
    // Found before the system's, and no library.
    try scratch.write("liblapacke.so.3", "none")
    let old = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""
    let result = try run(
      [command, "--texts", "texts.txt", "--dimensions", "8", "--output", "made"], in: scratch,
      ["LD_LIBRARY_PATH": scratch.path + old])
    expectFailure(
      result, message: "liblapacke.so.3 cannot be opened; install it (Debian: liblapacke)")
    #expect(try scratch.names == ["liblapacke.so.3", "texts.txt"])
  }

  @Test(arguments: [
    ["reduce", "--dimensions", "8", "--output", "x"], ["reduce", "--texts", "t", "--output", "x"],
    ["distill", "--dimensions", "0", "--output", "x"], ["distill", "--dimensions", "8"],
  ])
  func whatIsMissingIsAWrongUsage(_ arguments: [String]) throws {
    #expect(try embedCommand(arguments)([]).ending == .exited(64))
  }
}
