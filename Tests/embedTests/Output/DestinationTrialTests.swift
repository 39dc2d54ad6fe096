import Glibc
import TestSupport
import Testing

/// Outputs that are opened only after long work.
@Suite struct DestinationTrialTests {
  private static let commands = [
    ["plot", "--output", "OUT.svg"], ["cluster", "--kmeans", "1", "--plot", "OUT.svg"],
    ["search", "--corpus", "-", "--save", "OUT.npy", "a query"],
  ]

  /// Runs a command that gets no text until it has ended.
  private func run(_ command: [String], output: String) throws -> CommandResult {
    let words = command.map { $0.replacing("OUT", with: output) }
    return try embedCommand(words + ["-m", Models.tiny]).started()
      .finished(keepingInputOpen: true)
  }

  @Test(arguments: commands) func aNameThatCannotBeWrittenIsToldOfFirst(
    _ command: [String]
  ) throws {
    let folder = try ScratchFolder()
    let ending = command.contains("--save") ? "npy" : "svg"
    expectFailure(
      try run(command, output: folder.file("none/out")),
      message: "\(folder.path)/none/out.\(ending).part: cannot create: No such file or directory; "
        + "make its folder first")
    #expect(try folder.names == [])
  }

  @Test func aPipeKeepsNoVectors() throws {
    let folder = try ScratchFolder()
    try #require(mkfifo(folder.file("out.npy"), 0o600) == 0)
    expectFailure(
      try run(Self.commands[2], output: folder.file("out")),
      message: "--save is \(folder.path)/out.npy, which keeps no vectors; name a file that ends in "
        + ".npy")
  }
}
