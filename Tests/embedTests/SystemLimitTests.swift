import TestSupport
import Testing

/// `embed` where the system gives it little: it ends in a line, or does its work, and never by a
/// signal or not at all.
@Suite struct SystemLimitTests {
  /// Runs it under a limit of the shell's.
  private func embed(_ limit: String, _ arguments: [String], input: String) throws -> CommandResult
  {
    let program = try RunCommand.path(ofBuilt: "embed")
    var command = try embedCommand([])
    command.executable = "/bin/sh"
    command.arguments = ["-c", "ulimit \(limit) && exec \"$@\"", "sh", program] + arguments
    command.seconds = 60
    return try command(Array(input.utf8))
  }

  private func expectWorkOrALine(_ result: CommandResult, _ limit: String) {
    switch result.ending {
    case .exited(0): #expect(result.lines.count == 2, "\(limit)")
    case .exited(1):
      #expect(result.stderr.hasPrefix("embed: "), "\(limit): \(result.stderr)")
      #expect(result.stderr.count { $0 == "\n" } == 1, "\(limit): \(result.stderr)")
    // The loader, which runs before the program, has its own words for what it lacks.
    case .exited(127): #expect(result.stderr.contains("loading shared libraries"), "\(limit)")
    default: Issue.record("\(limit): \(result.ending), \(result.stderr)")
    }
  }

  // From where the loader of a debug build has what it needs to where nothing is missing.
  @Test(arguments: Array(stride(from: 90_000, through: 420_000, by: 15_000)))
  func littleAddressSpaceEndsInALine(_ kibibytes: Int) throws {
    let limit = "-v \(kibibytes)"
    expectWorkOrALine(
      try embed(limit, ["encode", "-m", Models.tiny, "--threads", "2"], input: "a cat\na mat\n"),
      limit)
  }

  @Test func thereIsNoMemoryForOpenBLAS() throws {
    let result = try embed(
      "-v 150000", ["encode", "-m", Models.tiny, "--threads", "1"], input: "a cat\n")
    #expect(result.ending == .exited(1))
    #expect(
      result.stderr.hasPrefix("embed: not enough memory: 134217728 more bytes are needed, "),
      "\(result.stderr)")
  }

  @Test(arguments: 4...12) func fewDescriptorsEndInALine(_ count: Int) throws {
    let limit = "-n \(count)"
    expectWorkOrALine(
      try embed(limit, ["encode", "-m", Models.tiny, "--threads", "2"], input: "a cat\na mat\n"),
      limit)
  }

  @Test func moreMemoryThanMayBeIsRefused() throws {
    let result = try embed("-n 100", ["encode", "-m", Models.tiny, "--memory", "1"], input: "a\n")
    #expect(result.ending == .exited(1))
    #expect(
      result.stderr.hasSuffix("\n") && result.stderr.contains("(--memory)"), "\(result.stderr)")
  }
}
