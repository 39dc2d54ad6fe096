import Glibc
import Synchronization

/// SIGINT and SIGTERM as a flag that loops check: rows that are ready are still written. A second
/// signal ends the process as if it had not been caught. A handler has no arguments of ours, so
/// this is the one place with state for the whole process.
enum Interrupt {
  /// Whether the process was asked to stop.
  static var requested: Bool { flag.load(ordering: .relaxed) }

  /// Throws `CancellationError` once the process was asked to stop.
  static func check() throws { if requested { throw CancellationError() } }

  /// Readable once the process was asked to stop, -1 before `install`: whoever polls it beside its
  /// own descriptor wakes up, also for a signal on another thread or just before it waits.
  static var descriptor: Int32 { readEnd.load(ordering: .relaxed) }

  private static let flag = Atomic<Bool>(false)
  private static let readEnd = Atomic<Int32>(-1)
  private static let writeEnd = Atomic<Int32>(-1)

  /// Catches both signals; call once, before any thread starts.
  static func install() {
    // Reading the flag here also makes it exist before a handler could be the first to touch it.
    guard !requested, descriptor < 0 else { return }
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      writeEnd.store(ends[1], ordering: .relaxed)
      readEnd.store(ends[0], ordering: .relaxed)
    }
    for signal in [SIGINT, SIGTERM] { catchUnlessIgnored(signal) }
  }

  /// `nohup` and a shell's background jobs ask by an ignored signal that it stay so.
  private static func catchUnlessIgnored(_ signal: Int32) {
    var action = sigaction()
    guard sigaction(signal, nil, &action) == 0 else { return }
    let current = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    guard current != unsafeBitCast(SIG_IGN, to: Int.self) else { return }
    action = sigaction()
    // No SA_RESTART: a read that waits returns with EINTR.
    action.__sigaction_handler.sa_handler = { Interrupt.receive($0) }
    sigaction(signal, &action, nil)
  }

  /// Runs inside the handler: atomics and system calls only.
  private static func receive(_ number: Int32) {
    let code = errno
    if flag.exchange(true, ordering: .relaxed) {
      signal(number, SIG_DFL)
      raise(number)
    }
    var byte: UInt8 = 0
    _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
    errno = code
  }
}
