import ArgumentParser
import Serving

/// How much a server takes.
struct ServeLimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Take at most N texts in a request.", valueName: "N"))
  var maxTexts = 2048

  @Option(
    help: ArgumentHelp("Take bodies of at most this size (default: 32M).", valueName: "SIZE"),
    transform: MemoryOption.bytes)
  var maxBody = 32 << 20

  @Option(
    help: ArgumentHelp(
      "Let at most N tokens wait, and answer 429 to what would be more; where nothing waits, any "
        + "request is taken.", valueName: "N"))
  var queueTokens = 262_144

  @Option(
    help: ArgumentHelp(
      "Keep at most N connections; for another the one that was idle longest is closed.",
      valueName: "N"))
  var maxConnections = 1024

  @Option(
    help: ArgumentHelp(
      "Keep vectors of this size, by their texts' tokens, for when they are asked for again "
        + "(default: 64M; 0 keeps none).", valueName: "SIZE"), transform: Self.size)
  var cache = 64 << 20

  // A list of so many texts is bounded by --max-body in any case.
  private static let most = 1 << 30

  func validate() throws {
    let numbers = [
      ("max-texts", maxTexts), ("queue-tokens", queueTokens), ("max-connections", maxConnections),
    ]
    for (name, number) in numbers where !(1...Self.most).contains(number) {
      throw ValidationError("--\(name) must be from 1 to \(Self.most)")
    }
  }

  private static func size(_ text: String) throws -> Int {
    text == "0" ? 0 : try MemoryOption.bytes(text)
  }

  func apply(to options: inout ServeOptions) {
    (options.mostTexts, options.mostBody) = (maxTexts, maxBody)
    (options.queueTokens, options.mostConnections) = (queueTokens, maxConnections)
    options.cache = cache
  }
}

/// How long a server waits, in seconds.
struct ServeTimeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Wait so long for a request's head (default: 10).", valueName: "SECONDS"),
    transform: Self.seconds)
  var headerTimeout = 10.0

  @Option(
    help: ArgumentHelp(
      "Wait so long for its body, in all (default: 30); longer where it is large and comes steadily.",
      valueName: "SECONDS"), transform: Self.seconds)
  var bodyTimeout = 30.0

  @Option(
    help: ArgumentHelp(
      "Keep an idle connection so long (default: 75).", valueName: "SECONDS"),
    transform: Self.seconds)
  var idleTimeout = 75.0

  @Option(
    help: ArgumentHelp(
      "Answer 503 where waiting and work take longer (default: 120).", valueName: "SECONDS"),
    transform: Self.seconds)
  var timeout = 120.0

  @Option(
    help: ArgumentHelp(
      "Answer what was asked for at most so long after SIGTERM (default: 25).",
      valueName: "SECONDS"), transform: Self.secondsOrNone)
  var drain = 25.0

  @Option(
    help: ArgumentHelp(
      "After SIGTERM say so long that it is not ready, before taking no more connections (default: "
        + "0; behind Kubernetes 5).", valueName: "SECONDS"), transform: Self.secondsOrNone)
  var drainDelay = 0.0

  private static func secondsOrNone(_ text: String) throws -> Double {
    // A month: what is longer is no time limit, and too long for some clocks.
    guard let number = Double(text), (0...2_678_400).contains(number) else {
      throw ValidationError("should be a number of seconds")
    }
    return number
  }

  private static func seconds(_ text: String) throws -> Double {
    let number = try secondsOrNone(text)
    guard number > 0 else { throw ValidationError("should be more than 0 seconds") }
    return number
  }

  func apply(to options: inout ServeOptions) {
    (options.headerTimeout, options.bodyTimeout) = (headerTimeout, bodyTimeout)
    (options.idleTimeout, options.timeout) = (idleTimeout, timeout)
    (options.drain, options.drainDelay) = (drain, drainDelay)
  }
}
