import ArgumentParser
import Glibc

/// A command line that means nothing, and of which command.
struct UsageProblem: Error {
  let message: String
  let command: any ParsableCommand.Type
  /// `embed` and the names that lead to the command.
  let path: [String]

  /// Prints the message as the parser prints its own, and exits with 64.
  func exit() -> Never {
    let usage = Embed.usageString(for: command).split(separator: "\n").map(String.init)
    let text =
      "Error: \(message)\nUsage: \(usage.joined(separator: "\n       "))\n"
      + "  See '\(path.joined(separator: " ")) --help' for more information.\n"
    writeToStandardError(Messages.escaped(text))
    Glibc.exit(ExitCode.validationFailure.rawValue)
  }
}
