import ArgumentParser
import Glibc
import ModelFiles

/// The command: turns text into vectors, and uses them.
@main
struct Embed: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "embed", abstract: "Turn text into vectors, as sentence-transformers does.",
    discussion: """
      embed encode < sentences.txt          print a vector for each line
      embed similarity "a cat" "a kitten"   print how similar two texts are
      """,
    version: version,
    // Each says its own name: the parser asks all of them at every start, and to make names of their
    // types takes half a millisecond each.
    subcommands: [
      Encode.self, SimilarityCommand.self, Tokenize.self, Inspect.self, Verify.self,
      Bench.self, SearchCommand.self, RerankCommand.self, Mine.self, Cluster.self, Plot.self,
      Evaluate.self,
      Train.self, Reduce.self, Distill.self, Average.self, Convert.self,
      ServeCommand.self, HealthCommand.self,
    ])

  /// Opens something that fails in place of standard streams that are closed, so that no other file
  /// gets their numbers, and is read or written as one of them.
  private static func occupyStandardStreams() {
    for (number, mode) in [(Int32(0), O_WRONLY), (1, O_RDONLY), (2, O_RDWR)]
    where fcntl(number, F_GETFD) < 0 { _ = open("/dev/null", mode) }
  }

  /// Runs the command and exits as a filter does: 0 done, 1 failed, 64 wrong usage, 130
  /// interrupted, 143 ended by SIGTERM, and 0 without a message when the reader of a pipe has closed
  /// it.
  static func main() {
    occupyStandardStreams()
    signal(SIGPIPE, SIG_IGN)
    // A limit on files' size is answered with a message, wherever one is written.
    signal(SIGXFSZ, SIG_IGN)
    Interrupt.install()
    do {
      var command = try EnvironmentWords.parsed(Array(CommandLine.arguments.dropFirst()))
      try command.run()
    } catch is BrokenPipe {
      Glibc.exit(0)
    } catch is CancellationError {
      Glibc.exit(Interrupt.exitCode)
    } catch let problem as UsageProblem {
      problem.exit()
    } catch let error as FileError {
      fail(error.description)
    } catch let error as RowProblem {
      fail(error.description)
    } catch {
      exit(withError: error)
    }
  }

  private static func fail(_ message: String) -> Never {
    Messages(isQuiet: false).warn(message)
    Glibc.exit(1)
  }
}
