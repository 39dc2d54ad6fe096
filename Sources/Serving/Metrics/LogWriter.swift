import Glibc
import NIOPosix
import Synchronization

/// Says lines on a thread of its own: whoever reads stderr may be slow, or not read at all, and no
/// request should wait for that. What does not fit into `mostBytes` is counted, and that is said.
final class LogWriter: Sendable {
  private struct State {
    var waiting: [UInt8] = []
    var lost = 0
    var isWriting = false
  }

  /// Some thousand lines.
  static let mostBytes = 1 << 20

  private let say: @Sendable (String) -> Void
  private let state = Mutex(State())
  private let thread = NIOThreadPool(numberOfThreads: 1)

  /// - Parameter say: gets one or more lines, without the end of the last
  init(_ say: @escaping @Sendable (String) -> Void) {
    self.say = say
    thread.start()
  }

  /// Takes a line; returns at once.
  func write(_ line: [UInt8]) {
    let isFirst = state.withLock { state in
      guard state.waiting.count + line.count < Self.mostBytes else {
        state.lost += 1
        return false
      }
      if !state.waiting.isEmpty { state.waiting.append(UInt8(ascii: "\n")) }
      state.waiting += line
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if isFirst { thread.submit { _ in self.drain() } }
  }

  /// Says all that waits, and what comes meanwhile.
  private func drain() {
    while true {
      let lines: [UInt8]? = state.withLock { state in
        guard !state.waiting.isEmpty || state.lost > 0 else {
          state.isWriting = false
          return nil
        }
        defer { (state.waiting, state.lost) = ([], 0) }
        return state.waiting + Self.notice(state.lost, isFirst: state.waiting.isEmpty)
      }
      guard let lines else { return }
      say(String(decoding: lines, as: UTF8.self))
    }
  }

  private static func notice(_ lost: Int, isFirst: Bool) -> [UInt8] {
    guard lost > 0 else { return [] }
    let text = "\(lost) lines of the log are left out: standard error is read too slowly"
    return Array(((isFirst ? "" : "\n") + text).utf8)
  }

  /// Waits until all is said, but a second at most.
  func finish() { for _ in 0..<1000 where state.withLock({ $0.isWriting }) { usleep(1000) } }

  deinit { thread.shutdownGracefully { _ in } }
}
