import Glibc
import ModelFiles

/// An open file, pipe or terminal that rows are read from; closed with its last reference.
final class InputFile: ByteSource {
  /// As messages say it; `stdin` for `-`.
  let name: String
  private let descriptor: Int32
  /// The bytes that were read so far.
  private(set) var bytesRead = 0

  /// Opens a path, or standard input for `-`.
  convenience init(_ path: String) throws {
    guard path != "-" else {
      self.init(descriptor: 0, name: Self.name(path))
      return
    }
    var opened: Int32 = -1
    // Opening a FIFO waits for its writer, which a signal may interrupt.
    repeat {
      opened = open(path, O_RDONLY | O_CLOEXEC)
    } while opened < 0 && errno == EINTR && !Interrupt.requested
    let code = errno
    try Interrupt.check()
    guard opened >= 0 else { throw FileError(Self.sentence(path, code)) }
    self.init(descriptor: opened, name: path)
  }

  /// Takes over an open descriptor; standard input stays open.
  init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  deinit { if descriptor > 0 { close(descriptor) } }

  /// Reads what is there, at most the buffer's length.
  /// - `waiting`: whether to wait for the first byte; an interrupt ends the wait.
  func read(into buffer: UnsafeMutableRawBufferPointer, waiting: Bool) throws -> Reading {
    while true {
      guard !Interrupt.requested else { return .nothingYet }
      var polled = [
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: Interrupt.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&polled, 2, waiting ? -1 : 0)
      if ready == 0 { return .nothingYet }
      if ready > 0, polled[0].revents == 0 { continue }
      let count = ready < 0 ? -1 : Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      let code = errno
      if count > 0 {
        bytesRead += count
        return .bytes(count)
      }
      if count == 0 { return .end }
      // Of a descriptor that never blocks, another process may have taken the bytes since.
      guard code == EINTR || code == EAGAIN else {
        throw FileError("\(name): cannot read: \(systemMessage(code))")
      }
      if !waiting { return .nothingYet }
    }
  }

  /// A path as messages name it.
  static func name(_ path: String) -> String { path == "-" ? "stdin" : path }

  /// The bytes to come, known of regular files only. Throws if the path is missing, a directory or
  /// not readable, so that a run of many files ends before its first row.
  static func check(_ path: String) throws -> Int? {
    var status = stat()
    let failed = path == "-" ? fstat(0, &status) : stat(path, &status)
    guard failed == 0, path == "-" || access(path, R_OK) == 0 else {
      throw FileError(sentence(path, errno))
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else {
      throw FileError("\(name(path)): is a directory; name the files in it")
    }
    guard kind == S_IFREG else { return nil }
    // A shell may hand over standard input with some of it already read.
    let start = path == "-" ? max(lseek(0, 0, SEEK_CUR), 0) : 0
    return max(Int(status.st_size) - start, 0)
  }

  private static func sentence(_ path: String, _ code: Int32) -> String {
    let advice =
      switch code {
      case ENOENT: "; check the path"
      case EACCES: "; check its permissions"
      default: ""
      }
    return "\(name(path)): cannot open: \(systemMessage(code))\(advice)"
  }
}
