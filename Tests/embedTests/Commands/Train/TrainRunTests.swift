import Glibc
import ModelFiles
import TestSupport
import Testing

/// Whole runs of the command: what goes wrong on the way, and what is left then.
@Suite struct TrainRunTests {
  private let scratch: ScratchFolder
  private var output: String { scratch.file("out") }

  init() throws {
    scratch = try ScratchFolder()
    try scratch.write("pairs.csv", Self.pairs)
  }

  private static let pairs =
    "sentence1,sentence2,score\n"
    + (0..<32).map { "the cat \($0),a dog \(31 - $0),0.\($0 % 10)\n" }.joined()

  private func train(
    _ arguments: [String], data: String? = "pairs.csv", output: String? = nil,
    input: String = ""
  ) throws -> CommandResult {
    var command = try command(arguments, data: data, output: output)
    command.seconds = 120
    return try command(Array(input.utf8))
  }

  private func command(
    _ arguments: [String], data: String? = "pairs.csv", output: String? = nil
  ) throws -> RunCommand {
    try embedCommand(
      ["train", "--quiet", "--batch-size", "4", "--output", output ?? self.output]
        + (arguments.contains("--recipe") ? [] : ["-m", Models.tiny])
        + arguments + (data.map { [scratch.file($0)] } ?? []))
  }

  private func weights(_ folder: String) throws -> [UInt8] {
    try readFile("\(folder)/model.safetensors", limit: 1 << 24)
  }

  private func log(_ folder: String) throws -> [JSON] { try Fixture.lines("\(folder)/log.jsonl") }

  /// A run that is interrupted once a few of its steps were done.
  private func interrupted(_ arguments: [String]) throws -> CommandResult {
    var command = try command(arguments)
    command.seconds = 120
    let running = try command.started()
    let log = output + ".part/log.jsonl"
    for _ in 0..<2000 where ((try? readFile(log, limit: 1 << 20))?.count { $0 == 10 } ?? 0) < 3 {
      usleep(10_000)
    }
    running.signal(SIGINT)
    return running.finished()
  }

  // Also where a loss draws what it learns, where it trains a copy of the model, and with an adapter.
  @Test(arguments: [
    [],
    ["--ema", "0.9"],
    ["--loss", "adaptivelayer", "--loss-options", #"{"loss":"cosent"}"#],
    [
      "--loss", "ContrastiveTensionLossInBatchNegatives", "--columns", "sentence1", "--label",
      "none",
    ],
    ["--type", "rerank"],
    ["--lora", "r=4,modules=all-linear", "--weight-decay", "0.1"],
  ])
  func anInterruptedRunGoesOnWithTheBitsOfAnUnbrokenOne(loss: [String]) throws {
    // Long enough to be interrupted, also where changes of low rank make steps short.
    let arguments = ["--epochs", "60", "--dropout", "0.1"] + loss
    #expect(try train(arguments, output: scratch.file("whole")).ending == .exited(0))
    var result = try interrupted(arguments)
    // Where the machine is busy, the run may be over before it is interrupted.
    for _ in 0..<4 where result.ending == .exited(0) {
      try scratch.remove("out")
      result = try interrupted(arguments)
    }
    #expect(result.ending == .exited(130), "\(result.stderr)")
    #expect(result.stderr.contains("go on with: embed train --resume --output \(output)"))
    #expect(try scratch.names.contains("out.part") && !scratch.names.contains("out"))
    let resumed = try embed("train", "--quiet", "--resume", "--output", output, seconds: 120)
    #expect(resumed.ending == .exited(0), "\(resumed.stderr)")
    #expect(try weights(output) == weights(scratch.file("whole")))
    #expect(try self.log(output).count { $0["loss"] != nil } == 480)
  }

  @Test func dataFromStdinAreKeptForTheRecipe() throws {
    let first = try train(
      ["--input", "csv", "--epochs", "1", "-"], data: nil, input: Self.pairs)
    #expect(first.ending == .exited(0), "\(first.stderr)")
    let again = try train(
      ["--recipe", "\(output)/recipe.json"], data: nil, output: scratch.file("again"))
    #expect(again.ending == .exited(0), "\(again.stderr)")
    #expect(try weights(output) == weights(scratch.file("again")))
  }

  @Test func ofItsOwnVectorsAModelHasNothingToLearn() throws {
    try scratch.write("texts.csv", "sentence\nthe cat\na dog\nthe mat\nit rains\n")
    let result = try train(["--teacher", Models.tiny, "--dropout", "0"], data: "texts.csv")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let losses = try log(output).compactMap { $0["loss"] }.map { try $0.double() }
    // Of unit vectors' rounding, squared, nothing more is left.
    #expect(losses.count == 1 && losses[0] < 1e-12)
  }

  @Test func anOlderModelIsReplacedOnlyWhereItIsAsked() throws {
    #expect(try train(["--max-steps", "1"]).ending == .exited(0))
    let old = try weights(output)
    expectFailure(
      try train(["--max-steps", "2"]),
      message: "\(output) is there already; name a new folder, or replace it with --force")
    #expect(try weights(output) == old)
    #expect(try train(["--max-steps", "2", "--force"]).ending == .exited(0))
    #expect(try weights(output) != old)
    #expect(try scratch.names == ["out", "pairs.csv"])
  }

  @Test func numbersThatOverflowEndTheRunAndKeepTheLastGoodState() throws {
    let result = try train(
      ["--learning-rate", "1e38", "--schedule", "constant", "--warmup-ratio", "0", "--epochs", "2"])
    #expect(result.ending == .exited(1))
    #expect(result.stderr.contains("step 2"), "\(result.stderr)")
    #expect(result.stderr.contains("pairs.csv, line "), "\(result.stderr)")
    #expect(try scratch.names == ["out.part", "pairs.csv"])
    #expect(try ScratchFolder.bytes(of: output + ".part/log.jsonl").count { $0 == 10 } == 1)
  }

  @Test func evaluationsEndARunThatGetsNoBetter() throws {
    // A rate of nearly nothing: no later model is better than the first.
    let result = try train([
      "--learning-rate", "1e-30", "--epochs", "10", "--evaluate", scratch.file("pairs.csv"),
      "--eval-steps", "2", "--early-stop", "2",
    ])
    #expect(result.ending == .exited(0), "\(result.stderr)")
    // The first evaluation after a step is the one to beat.
    #expect(try log(output).count { $0["loss"] != nil } == 6)
  }

  @Test func aDiskWithoutRoomLosesNothing() throws {
    #expect(try train(["--max-steps", "1"]).ending == .exited(0))
    let old = try weights(output)
    let command = try command(["--max-steps", "2", "--force"])
    // Blocks of 512 bytes: less than the model's weights.
    let limited = RunCommand(
      "/bin/sh", ["-c", "ulimit -f 16; exec \"$@\"", "sh", command.executable] + command.arguments,
      environment: command.environment)
    let result = try limited()
    #expect(result.ending == .exited(1))
    #expect(result.stderr.contains("cannot write: File too large"), "\(result.stderr)")
    #expect(try weights(output) == old)
    #expect(try train(["--max-steps", "2", "--force"]).ending == .exited(0))
    #expect(try weights(output) != old)
  }
}
