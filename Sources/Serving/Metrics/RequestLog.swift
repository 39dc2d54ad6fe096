import ModelFiles
import Synchronization

/// The log: a line a request on standard error.
///
/// `--log off` has none; with `--quiet` only answers that the server is to blame for (5xx) are in it.
/// Of failures with the same status it tells ten in a second, then how many more there were.
final class RequestLog: Sendable {
  private let format: ServeOptions.Log
  /// The least status that is told.
  private let least: Int
  private let limit = Mutex(LogLimit())
  private let errorLimit = Mutex(LogLimit())
  private let writer: LogWriter

  init(_ options: ServeOptions) {
    format = options.log
    least = options.isQuiet ? 500 : 0
    writer = LogWriter(options.say)
  }

  var isOff: Bool { format == .off }

  /// Tells of a request; returns at once.
  func add(_ entry: LogEntry) {
    guard !isOff, entry.status >= least else { return }
    let (isTold, leftOut) = limit.withLock {
      $0.admit(status: entry.status, second: entry.time.seconds)
    }
    tell(leftOut, entry.time)
    if isTold { writer.write(format == .json ? entry.json : entry.text) }
  }

  /// Says what is no request, also where these are not told; returns at once.
  func say(_ message: String, level: String = "info") {
    writer.write(format == .json ? Self.json(message, level, .now) : Array(message.utf8))
  }

  /// Says why a request failed, where the server is to blame; returns at once. That is told
  /// whatever is told of requests, but only ten times a second.
  /// - Parameter id: the request's, where it is known
  func tell(_ error: any Error, of id: String? = nil) {
    guard errorLimit.withLock({ $0.admit(status: 500, second: LogTime.now.seconds).isTold }) else {
      return
    }
    say((id.map { "request \($0): " } ?? "") + "\(error)", level: "error")
  }

  /// Tells what there is still to tell; for the end of the process.
  func finish() {
    tell(limit.withLock { $0.take() }, .now)
    writer.finish()
  }

  private func tell(_ leftOut: [(status: Int, count: Int)], _ time: LogTime) {
    for (status, count) in leftOut {
      let message = "\(count) more requests were answered with \(status) within a second"
      writer.write(
        format == .json
          ? Self.json(message, "warn", time) : Array("\(time.text) \(message)".utf8))
    }
  }

  private static func json(_ message: String, _ level: String, _ time: LogTime) -> [UInt8] {
    JSONValue.object([
      ("@timestamp", .string(time.preciseText)), ("log.level", .string(level)),
      ("message", .string(message)),
    ]).bytes
  }
}
