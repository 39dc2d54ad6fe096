import Glibc

/// A program that a test runs: what it is given, and how long it may take.
package struct RunCommand: Sendable {
  /// What one of the program's standard streams is.
  package enum Stream: Sendable {
    case pipe
    case file(String)
    case closed
  }

  package var executable: String
  package var arguments: [String]
  /// All of the environment; nothing is inherited.
  package var environment: [String: String]
  /// The working directory; the test's own unless said.
  package var folder: String?
  package var input = Stream.pipe
  package var output = Stream.pipe
  /// After so many seconds the program is killed, and has ended `late`.
  package var seconds = 60.0

  package init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) {
    (self.executable, self.arguments, self.environment) = (executable, arguments, environment)
  }

  /// The program with its pipes open.
  package func started() throws -> RunningCommand { try RunningCommand(self) }

  /// Runs to the end, with these bytes as all of its standard input.
  package func callAsFunction(_ input: [UInt8] = []) throws -> CommandResult {
    let running = try started()
    running.send(input)
    return running.finished()
  }

  /// An executable that was built beside the running tests.
  package static func path(ofBuilt name: String) throws -> String {
    let running = [linkTarget("/proc/self/exe")].compactMap { $0 } + CommandLine.arguments
    let folders = running.compactMap { path in path.lastIndex(of: "/").map { path[..<$0] } }
    let candidates = folders.map { folder in "\(folder)/\(name)" }
    guard let found = candidates.first(where: { path in access(path, X_OK) == 0 }) else {
      throw RunCommandError(description: "no \(name) beside \(running)")
    }
    return found
  }

  private static func linkTarget(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count > 0
      ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }
}

/// What kept a program from being started.
package struct RunCommandError: Error, CustomStringConvertible {
  package let description: String
}

/// How a program ended, and what it wrote until then.
package struct CommandResult: Sendable {
  package enum Ending: Sendable, Equatable {
    case exited(Int32)
    case killed(signal: Int32)
    /// It was killed here, at its time limit.
    case late
  }

  package let ending: Ending
  package let stdout: [UInt8]
  package let stderr: String

  package var text: String { String(decoding: stdout, as: UTF8.self) }

  /// The lines of standard output without their newlines; what follows the last one counts too.
  package var lines: [String] {
    var lines = stdout.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }
}

/// A program that is running, fed and read by one test. Whatever waits gives up at the time limit.
package final class RunningCommand {
  private let process: pid_t
  private let deadline: Double
  /// Our ends of the pipes; -1 where there is none, or no longer.
  private var input, output, errors: Int32
  private var unsent: ArraySlice<UInt8> = []
  private var isLate = false
  private var status: Int32?
  /// What it has written so far.
  package private(set) var stdout: [UInt8] = []
  package private(set) var stderr: [UInt8] = []

  fileprivate init(_ command: RunCommand) throws {
    // A child that ends early leaves a pipe nobody reads; writing to it must not end the tests.
    Glibc.signal(SIGPIPE, SIG_IGN)
    var child = ChildDescription()
    defer { child.end() }
    input = child.give(command.input, as: 0)
    output = child.give(command.output, as: 1)
    errors = child.give(.pipe, as: 2)
    deadline = Self.now() + command.seconds
    process = try child.spawn(command)
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    for descriptor in [input, output, errors] where descriptor >= 0 { close(descriptor) }
  }

  /// Hands bytes over: as many as the pipe takes now, the rest while something is waited for.
  package func send(_ bytes: [UInt8]) {
    unsent += bytes
    if input >= 0, !unsent.isEmpty { feed() }
  }

  package func send(_ text: String) { send(Array(text.utf8)) }

  package func signal(_ number: Int32) { kill(process, number) }

  /// Goes away as the reader of its standard output.
  package func closeOutput() { Self.end(&output) }

  /// Waits until there are so many lines of output in all.
  /// - Returns: whether they came.
  @discardableResult
  package func waitForLines(_ count: Int) -> Bool {
    var (seen, lines) = (0, 0)
    return pump {
      lines += self.stdout[seen...].count { $0 == 0x0A }
      seen = self.stdout.count
      return lines >= count
    }
  }

  /// Waits until its messages have these words.
  /// - Returns: whether they came.
  @discardableResult
  package func waitForMessage(_ words: String) -> Bool {
    pump { String(decoding: self.stderr, as: UTF8.self).contains(words) }
  }

  /// Sends the rest, ends its input and waits for its end.
  /// - Parameter keepingInputOpen: leaves its input open, so that it must end for another reason
  package func finished(keepingInputOpen: Bool = false) -> CommandResult {
    _ = pump { self.unsent.isEmpty }
    if !keepingInputOpen { Self.end(&input) }
    _ = pump { self.output < 0 && self.errors < 0 }
    let ending = waitForEnd()
    return CommandResult(
      ending: ending, stdout: stdout, stderr: String(decoding: stderr, as: UTF8.self))
  }

  private func waitForEnd() -> CommandResult.Ending {
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      if Self.now() > deadline, !isLate {
        isLate = true
        kill(process, SIGKILL)
      }
      usleep(1000)
    }
    self.status = status
    if isLate { return .late }
    return status & 0x7F == 0
      ? .exited(status >> 8 & 0xFF) : .killed(signal: status & 0x7F)
  }

  /// Moves bytes both ways until `isDone`; `false` when that can no longer be.
  private func pump(until isDone: () -> Bool) -> Bool {
    while !isDone() {
      var polled = [
        pollfd(fd: unsent.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
      ]
      guard polled.contains(where: { $0.fd >= 0 }) else { return false }
      let left = deadline - Self.now()
      guard left > 0 else {
        isLate = true
        kill(process, SIGKILL)
        return false
      }
      poll(&polled, 3, Int32(left * 1000) + 1)
      if polled[0].revents != 0 { feed() }
      if polled[1].revents != 0 { Self.read(&output, into: &stdout) }
      if polled[2].revents != 0 { Self.read(&errors, into: &stderr) }
    }
    return true
  }

  private func feed() {
    let count = unsent.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
    if count > 0 {
      unsent = unsent.dropFirst(count)
    } else if errno != EAGAIN && errno != EINTR {
      Self.end(&input)
      unsent = []
    }
  }

  private static func read(_ descriptor: inout Int32, into bytes: inout [UInt8]) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    if count > 0 {
      bytes += buffer[..<count]
    } else if count == 0 || errno != EAGAIN && errno != EINTR {
      end(&descriptor)
    }
  }

  private static func end(_ descriptor: inout Int32) {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// What a child starts with: its streams, its folder, and signals as if no test had changed them.
private struct ChildDescription {
  private var actions = posix_spawn_file_actions_t()
  private var attributes = posix_spawnattr_t()
  /// The child's ends of the pipes, of no use here once it has them.
  private var ends: [Int32] = []

  init() {
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    // A shell's background jobs ignore SIGINT, the tests SIGPIPE, and the threads that tests run
    // on block both; children would inherit that.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for number in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
  }

  mutating func end() {
    for descriptor in ends { close(descriptor) }
    posix_spawn_file_actions_destroy(&actions)
    posix_spawnattr_destroy(&attributes)
  }

  /// - Returns: our end of the pipe, if it is one
  mutating func give(_ stream: RunCommand.Stream, as number: Int32) -> Int32 {
    switch stream {
    case .closed:
      posix_spawn_file_actions_addclose(&actions, number)
      return -1
    case .file(let path):
      let mode = number == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_TRUNC
      posix_spawn_file_actions_addopen(&actions, number, path, mode, 0o644)
      return -1
    case .pipe:
      var pair: [Int32] = [-1, -1]
      pipe(&pair)
      let (theirs, ours) = number == 0 ? (pair[0], pair[1]) : (pair[1], pair[0])
      _ = fcntl(ours, F_SETFL, O_NONBLOCK)
      posix_spawn_file_actions_adddup2(&actions, theirs, number)
      ends.append(theirs)
      return ours
    }
  }

  mutating func spawn(_ command: RunCommand) throws -> pid_t {
    // A pipe of another test that this child held open would never end. Descriptors that are not
    // open are passed over.
    for descriptor in 3..<Int32(1024) {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    let place = command.folder.map { ["/usr/bin/env", "-C", $0] } ?? []
    let words = place + [command.executable] + command.arguments
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let variables = command.environment.map { "\($0.key)=\($0.value)" }
    let environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, words[0], &actions, &attributes, arguments, environment)
    guard code == 0 else {
      throw RunCommandError(
        description: "\(command.executable) cannot be run: \(String(cString: strerror(code)))")
    }
    return process
  }
}
