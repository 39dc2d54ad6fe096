import Glibc
import Synchronization

/// SIGINT and SIGTERM as a flag that loops check: rows that are ready are still written. What has
/// not ended `patience` later is ended where it is, in the middle of a text or of a product, which
/// loses nothing: files take their names when they are whole. So does a second signal, at once.
///
/// A handler has no arguments of ours, so this is the one place with state for the whole process.
enum Interrupt {
  /// Whether the process was asked to stop.
  static var requested: Bool { received.load(ordering: .relaxed) != 0 }

  /// The exit code of a process that was asked to stop: 130 for SIGINT, 143 for SIGTERM.
  static var exitCode: Int32 { 128 + received.load(ordering: .relaxed) }

  /// Throws `CancellationError` once the process was asked to stop.
  static func check() throws { if requested { throw CancellationError() } }

  /// Throws `CancellationError` once the process is soon to be ended where it is: what is ready is
  /// written until then, and between two rows is the place to stop.
  static func checkUrgent() throws {
    let deadline = endOfPatience.load(ordering: .relaxed)
    let patience = patience.load(ordering: .relaxed)
    if deadline > 0, microseconds() > deadline - patience / 3 { throw CancellationError() }
  }

  /// Readable once the process was asked to stop, -1 before `install`: whoever polls it beside its
  /// own descriptor wakes up, also for a signal on another thread or just before it waits.
  static var descriptor: Int32 { readEnd.load(ordering: .relaxed) }

  /// Whether a line on the terminal has not ended, as a progress bar's: a process that is ended ends
  /// it before.
  static func noteUnfinishedLine(_ isUnfinished: Bool) {
    unfinishedLine.store(isUnfinished, ordering: .relaxed)
  }

  /// Gives what is under way more time than a text or a product takes: a step of training ends, and
  /// its state is written.
  /// - Parameter notice: what is said at once when the process is asked to stop, a whole line
  static func allow(seconds: Int, saying notice: StaticString? = nil) {
    patience.store(seconds * 1_000_000, ordering: .relaxed)
    guard let notice, notice.hasPointerRepresentation else {
      return noticeLength.store(0, ordering: .relaxed)
    }
    noticeStart.store(UInt(bitPattern: notice.utf8Start), ordering: .relaxed)
    noticeLength.store(notice.utf8CodeUnitCount, ordering: .relaxed)
  }

  /// How many microseconds loops may take to notice. With these a command ends within 200 ms.
  private static let patience = Atomic<Int>(120_000)
  private static let noticeStart = Atomic<UInt>(0)
  private static let noticeLength = Atomic<Int>(0)
  private static let received = Atomic<Int32>(0)
  private static let readEnd = Atomic<Int32>(-1)
  private static let writeEnd = Atomic<Int32>(-1)
  private static let unfinishedLine = Atomic<Bool>(false)
  /// When the process will be ended, in `microseconds`; 0 while it was not asked to stop.
  private static let endOfPatience = Atomic<Int>(0)

  private static func microseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
  }

  /// Catches both signals; call once, before any thread starts.
  static func install() {
    // Reading them here also makes them exist before a handler could be the first to touch them.
    guard !requested, descriptor < 0, !unfinishedLine.load(ordering: .relaxed),
      endOfPatience.load(ordering: .relaxed) == 0, patience.load(ordering: .relaxed) > 0,
      noticeStart.load(ordering: .relaxed) == 0, noticeLength.load(ordering: .relaxed) == 0
    else { return }
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      writeEnd.store(ends[1], ordering: .relaxed)
      readEnd.store(ends[0], ordering: .relaxed)
    }
    catchSignal(SIGALRM) { _ in Interrupt.end() }
    var alarm = sigset_t()
    sigemptyset(&alarm)
    sigaddset(&alarm, SIGALRM)
    pthread_sigmask(SIG_UNBLOCK, &alarm, nil)
    for signal in [SIGINT, SIGTERM] where !isIgnored(signal) {
      catchSignal(signal) { Interrupt.receive($0) }
    }
  }

  /// `nohup` and a shell's background jobs ask by an ignored signal that it stay so.
  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(signal, nil, &action) == 0 else { return true }
    let current = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    return current == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static func catchSignal(
    _ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void
  ) {
    var action = sigaction()
    // No SA_RESTART: a read that waits returns with EINTR.
    action.__sigaction_handler.sa_handler = handler
    sigaction(signal, &action, nil)
  }

  /// Runs inside the handler, as `end` does: atomics and system calls only.
  private static func receive(_ number: Int32) {
    let code = errno
    guard received.exchange(number, ordering: .relaxed) == 0 else { end() }
    var byte: UInt8 = 0
    _ = write(writeEnd.load(ordering: .relaxed), &byte, 1)
    let patience = patience.load(ordering: .relaxed)
    endOfPatience.store(microseconds() + patience, ordering: .relaxed)
    var timer = itimerval()
    timer.it_value.tv_sec = patience / 1_000_000
    timer.it_value.tv_usec = patience % 1_000_000
    setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
    let length = noticeLength.load(ordering: .relaxed)
    if length > 0 {
      endLine()
      _ = write(2, UnsafeRawPointer(bitPattern: noticeStart.load(ordering: .relaxed)), length)
    }
    errno = code
  }

  private static func endLine() {
    guard unfinishedLine.load(ordering: .relaxed) else { return }
    var newline = UInt8(ascii: "\n")
    _ = write(2, &newline, 1)
  }

  private static func end() -> Never {
    endLine()
    // An alarm may also be another's, as of a parent that set one.
    _exit(requested ? exitCode : 128 + SIGALRM)
  }
}
