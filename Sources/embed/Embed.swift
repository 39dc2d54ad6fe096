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
      Encode.self, SimilarityCommand.self, Tokenize.self, Inspect.self, Verify.self,
      Bench.self, SearchCommand.self, Mine.self, Cluster.self, Plot.self, Evaluate.self,
      Reduce.self, Distill.self, Convert.self,
    ])

  /// Puts something that fails in place of standard streams that are closed, so that no file of
  /// ours is opened under their numbers, and read or written as one of them.
  private static func occupyStandardStreams() {
    for (number, mode) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_RDWR)]
    where fcntl(number, F_GETFD) < 0 {
      _ = open("/dev/null", mode)
    }
  }

  /// Runs the command and ends as a filter does: 0 done, 1 failed, 64 wrong usage, 130
  /// interrupted, and 0 without a word when the reader of a pipe went away.
  static func main() {
    occupyStandardStreams()
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
