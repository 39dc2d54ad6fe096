import Glibc
import ModelFiles
import Training

/// The log of a run as a file: a line a step and an evaluation, on its way to the disk at once.
struct StepLog: ~Copyable {
  /// What the file has.
  private(set) var log: TrainingLog
  private let path: String
  private let descriptor: CInt

  // Seven million steps.
  private static let limit = 1 << 30

  /// - Parameter step: that a run goes on from, whose later lines go; `nil` for a new log
  init(_ path: String, continuing step: Int? = nil) throws {
    let (log, length) = try Self.existing(path, upTo: step)
    descriptor = try Self.opened(path, length)
    (self.path, self.log) = (path, log)
  }

  /// Opens the file, whose first bytes stay.
  private static func opened(_ path: String, _ length: Int) throws -> CInt {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0o666)
    guard descriptor >= 0 else {
      throw FileError("\(path): cannot be written: \(systemMessage(errno)); name another log")
    }
    var status = stat()
    // What is no regular file has no lines to take back.
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return descriptor
    }
    guard ftruncate(descriptor, off_t(length)) == 0 else {
      let reason = systemMessage(errno)
      close(descriptor)
      throw FileError("\(path): cannot be cut off: \(reason); name another log")
    }
    return descriptor
  }

  deinit { close(descriptor) }

  /// What of a file's lines stays, and the bytes of that.
  private static func existing(
    _ path: String, upTo step: Int?
  ) throws -> (log: TrainingLog, length: Int) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
      return (TrainingLog(), 0)
    }
    if let step {
      return try TrainingLog.read(readFile(path, limit: limit), upTo: step, name: path)
    }
    guard try isLog(path) else {
      throw FileError(
        "\(path) is there already and is no log, so it is not written over; name another log")
    }
    return (TrainingLog(), 0)
  }

  /// Whether a file begins as a log does: it may be somebody's data.
  private static func isLog(_ path: String) throws -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError("\(path): cannot be read: \(systemMessage(errno)); name another log")
    }
    defer { close(descriptor) }
    let start = Array("{\"step\":".utf8)
    var found = [UInt8](repeating: 0, count: start.count)
    return read(descriptor, &found, found.count) == start.count && found == start
  }

  mutating func append(_ step: TrainingLog.Step) throws {
    try write(step.json)
    log.append(step)
  }

  mutating func append(_ evaluation: TrainingLog.Evaluation) throws {
    try write(evaluation.json)
    log.append(evaluation)
  }

  private func write(_ value: JSONValue) throws {
    let code = value.line.withUnsafeBytes { writeAll($0, to: descriptor) }
    guard code == 0 else {
      throw FileError("\(path): cannot be written: \(systemMessage(code)); free some space")
    }
  }
}
