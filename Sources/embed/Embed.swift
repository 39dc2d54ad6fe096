import ArgumentParser
import Glibc
import ModelFiles

/// The command: text in, vectors out, and what people do with them.
@main
struct Embed: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "embed",
    abstract: "Turns text into vectors, as sentence-transformers does.",
    discussion: """
      embed encode < sentences.txt          a vector for each line, as JSON lines
      embed similarity "a cat" "a kitten"   how alike two texts are
      """,
    version: version,
    subcommands: [
      Encode.self, SimilarityCommand.self, Tokenize.self, Inspect.self, Bench.self,
    ])

  /// Runs the command and ends as a filter does: 0 done, 1 failed, 64 wrong usage, 130
  /// interrupted, and 0 without a word when the reader of a pipe went away.
  static func main() {
    signal(SIGPIPE, SIG_IGN)
    Interrupt.install()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch is ReaderGone {
      Glibc.exit(0)
    } catch is CancellationError {
      Glibc.exit(130)
    } catch let error as FileError {
      Messages(isQuiet: false).warn(error.description)
      Glibc.exit(1)
    } catch {
      exit(withError: error)
    }
  }
}
