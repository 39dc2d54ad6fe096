import Glibc
import TestSupport
import Testing

/// Model files that change under a process that has them mapped.
@Suite struct ModelFileChangesTests {
  /// Starts `encode`, sees a vector, spoils the model, and sends more lines.
  private func encode(
    _ model: ScratchFolder, _ arguments: [String] = [], whileSpoiling spoil: () throws -> Void
  ) throws -> (result: CommandResult, before: Int) {
    let running = try embedCommand(["encode", "-m", model.path] + arguments).started()
    running.send("the cat\n")
    #expect(running.waitForLines(1))
    let before = running.stdout.count
    try spoil()
    running.send("a river\nand a fox\nunder the house\n")
    return (running.finished(keepingInputOpen: true), before)
  }

  @Test(arguments: [4096, 0, 1, 65_536, 122_375], ["1", "2"])
  func aFileThatShrinksEndsTheRun(_ size: Int, _ threads: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let (result, before) = try encode(model, ["--threads", threads]) {
      #expect(truncate("\(model.path)/model.safetensors", size) == 0)
    }
    expectFailure(
      result,
      message: "\(model.path)/model.safetensors became shorter while it was being read (was "
        + "122376 bytes); try again when nothing writes to it", rows: 1)
    #expect(result.stdout.count == before)
  }

  @Test(arguments: ["1", "2"])
  func weightsThatAreWrittenOverEndTheRun(_ threads: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    // Longer ago than the steps of the clock that files are stamped by.
    usleep(20_000)
    let (result, before) = try encode(model, ["--threads", threads]) {
      let file = open("\(model.path)/model.safetensors", O_WRONLY)
      defer { close(file) }
      let zeros = [UInt8](repeating: 0, count: 65_536)
      #expect(pwrite(file, zeros, zeros.count, 32_768) == zeros.count)
    }
    expectFailure(
      result,
      message:
        "\(model.path)/model.safetensors was changed while it was being read; try again when "
        + "nothing writes to it", rows: 1)
    #expect(result.stdout.count == before)
  }

  @Test func aFileThatIsReplacedIsReadToTheEndAsItWas() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let running = try embedCommand(["encode", "-m", model.path]).started()
    running.send("the cat\n")
    #expect(running.waitForLines(1))
    try model.remove("model.safetensors")
    try model.write("model.safetensors", "new")
    running.send("a river\n")
    let result = running.finished()
    expectRows(result, 2)
    #expect(try result.text == embed("encode", "-m", Models.tiny, input: "the cat\na river\n").text)
  }

  @Test func similarityOfASpoiltModelPrintsNothing() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let folder = try ScratchFolder()
    #expect(mkfifo("\(folder.path)/pairs.csv", 0o600) == 0)
    let running = try embedCommand(
      ["similarity", "-m", model.path, "--pairs", "\(folder.path)/pairs.csv"]
    ).started()
    // Waits until the pairs are opened, which is after the model was.
    let pairs = open("\(folder.path)/pairs.csv", O_WRONLY)
    #expect(truncate("\(model.path)/model.safetensors", 4096) == 0)
    let text = Array("a,b\n".utf8)
    #expect(write(pairs, text, text.count) == text.count)
    close(pairs)
    expectFailure(
      running.finished(),
      message: "\(model.path)/model.safetensors became shorter while it was being read (was "
        + "122376 bytes); try again when nothing writes to it")
  }
}
