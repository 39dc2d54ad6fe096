import Glibc
import ModelFiles

/// The reader of a pipe has closed it, which ends the run without a message.
struct BrokenPipe: Error {}

/// An output: a file, a device or a pipe. A file grows as `PATH.part` and takes its name when whole;
/// without `finish` the part stays. Writes are not buffered.
final class OutputFile {
  /// As messages name it.
  let name: String
  private let partial: PartialName?
  private let descriptor: Int32
  /// The offset of the first byte, if it can be written again later.
  private let start: off_t?
  private var isOpen = true

  /// - `path`: `nil` and `-` are standard output.
  /// - `keepingPart`: keeps what an earlier run wrote to a part; `cut` says where to continue.
  convenience init(_ path: String?, keepingPart: Bool = false) throws {
    try self.init(
      Destination(path), name: path.flatMap { $0 == "-" ? nil : $0 } ?? "stdout",
      keepingPart: keepingPart)
  }

  /// A file beside another output, whose name is not the user's: no link there is followed.
  /// - Parameter output: the file whose permissions it gets, where it replaces none of its own
  convenience init(beside output: String, named path: String, keepingPart: Bool = false) throws {
    try refuseLink(path)
    try self.init(.file(path), name: path, keepingPart: keepingPart, permissionsOf: output)
  }

  private init(
    _ destination: Destination, name: String, keepingPart: Bool, permissionsOf other: String? = nil
  ) throws {
    // Errors of write say it better: EPIPE for a reader that left, EFBIG for a file's limit.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    self.name = name
    switch destination {
    case .file(let target):
      let partial = PartialName(target)
      descriptor = try keepingPart ? partial.continuedFile() : partial.newFile(like: other)
      (self.partial, start) = (partial, 0)
    case .device:
      (partial, start) = (nil, nil)
      descriptor = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY)
      // A pipe waits for its reader.
      let code = errno
      if descriptor < 0 { try Interrupt.check() }
      errno = code
    case .inherited(let number):
      partial = nil
      // A copy, so that closing it can report errors and yet leave the original.
      descriptor = fcntl(number, F_DUPFD_CLOEXEC, 3)
      start = Self.position(descriptor)
    }
    guard descriptor >= 0 else {
      throw FileError("\(name): cannot write: \(systemMessage(errno)); name another output")
    }
  }

  /// An unnamed file in `$TMPDIR` or /tmp that disappears when its descriptor is closed.
  init(temporaryFor name: String) throws {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array(((folder.isEmpty ? "/tmp" : folder) + "/embed-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw FileError(
        "\(folder.isEmpty ? "/tmp" : folder): cannot make a temporary file for \(name): "
          + "\(systemMessage(errno)); set TMPDIR to a folder that can be written to")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
    (self.name, partial, start) = ("the temporary file for \(name)", nil, 0)
  }

  deinit { if isOpen { close(descriptor) } }

  /// The file that grows, where there is one.
  var part: String? { partial?.part }

  /// The offset that a regular file is at, unless every write goes to its end.
  private static func position(_ descriptor: Int32) -> off_t? {
    var status = stat()
    let flags = fcntl(descriptor, F_GETFL)
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      flags >= 0, flags & O_APPEND == 0
    else { return nil }
    let position = lseek(descriptor, 0, SEEK_CUR)
    return position >= 0 ? position : nil
  }
}

extension OutputFile {
  /// Whether `patch` works.
  var canPatch: Bool { start != nil }

  /// Whether it is a terminal, where a progress bar would mix with the output.
  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// The columns of the terminal that it is; `nil` where it is none.
  var terminalColumns: Int? { isTerminal ? terminalWidth(descriptor) : nil }

  /// Whether colours and the like are shown and wanted.
  var isStyled: Bool { isTerminal && Style.isWanted }

  /// Writes a whole output at once; to standard output unless there is a path.
  static func write(_ bytes: [UInt8], to path: String? = nil) throws {
    try OutputFile(path).writeWhole(bytes)
  }

  /// Writes a whole file beside another output.
  static func write(_ bytes: [UInt8], to path: String, beside output: String) throws {
    try OutputFile(beside: output, named: path).writeWhole(bytes)
  }

  private func writeWhole(_ bytes: [UInt8]) throws {
    try write(bytes)
    try finish()
  }

  /// Writes all bytes, or throws `BrokenPipe` or a `FileError`.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    let code = writeAll(bytes, to: descriptor)
    if code != 0 { throw failure(code) }
  }

  func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

  /// Writes JSON lines, about a megabyte of them at a time.
  func write(lines count: Int, _ line: (Int) -> JSONValue) throws {
    var bytes: [UInt8] = []
    for index in 0..<count {
      bytes += line(index).line
      guard bytes.count >= 1 << 20 || index == count - 1 else { continue }
      try Interrupt.check()
      try write(bytes)
      bytes = []
    }
  }

  /// Writes over the first bytes.
  func patch(_ bytes: [UInt8]) throws {
    guard let start else { return }
    try bytes.withUnsafeBytes { bytes in
      var written = 0
      while written < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
        let count = pwrite(descriptor, rest.baseAddress, rest.count, start + off_t(written))
        guard count >= 0 || errno == EINTR else { throw failure(errno) }
        written += max(count, 0)
      }
    }
  }

  /// Writes all that was written to another, which must be one that `canPatch`.
  func copy(of other: OutputFile) throws {
    let end = try other.size()
    for start in stride(from: Int(other.start ?? 0), to: end, by: 1 << 20) {
      try Interrupt.check()
      try write(other.read(start..<min(start + 1 << 20, end)))
    }
  }

  /// The bytes of a regular file.
  func size() throws -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError("\(part ?? name): cannot read its size: \(systemMessage(errno))")
    }
    return Int(status.st_size)
  }

  /// What a regular file holds by now.
  func mapped() throws -> MappedFile { try MappedFile("/proc/self/fd/\(descriptor)") }

  /// Keeps the first bytes, and continues after them.
  func cut(to count: Int) throws {
    guard ftruncate(descriptor, off_t(count)) == 0, lseek(descriptor, 0, SEEK_END) == off_t(count)
    else { throw failure(errno) }
  }

  /// Reads back bytes that are there.
  func read(_ range: Range<Int>) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: range.count) { bytes, count in
      while count < range.count {
        let rest = UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(bytes)[count...])
        let read = pread(
          descriptor, rest.baseAddress, range.count - count, off_t(range.lowerBound + count))
        if read == 0 { throw FileError("\(part ?? name): became shorter while it was used") }
        guard read > 0 || errno == EINTR else {
          throw FileError("\(part ?? name): cannot read: \(systemMessage(errno))")
        }
        count += max(read, 0)
      }
    }
  }

  /// Closes a complete output: a part is written to the disk and takes its name.
  func finish() throws {
    guard isOpen else { return }
    isOpen = false
    defer { close(descriptor) }
    // Network and quota errors may come only with a close; a copy's, so that the lock outlives the
    // part's name.
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    if copy >= 0, close(copy) != 0, errno != EINTR { throw failure(errno) }
    guard let partial else { return }
    try reachDisk()
    try partial.finish()
  }

  /// Makes sure that what was written to a file is on the disk.
  func reachDisk() throws {
    let code = partial == nil ? 0 : synchronize(descriptor)
    if code != 0 { throw failure(code) }
  }

  private func failure(_ code: Int32) -> any Error {
    if code == EPIPE { return BrokenPipe() }
    let remedy =
      switch code {
      case ENOSPC, EDQUOT: "free some space"
      case EFBIG: "raise the limit on a file's size (ulimit -f)"
      default: "name another output"
      }
    let kept = part.map { "; what was written so far is in \($0)" } ?? ""
    return FileError("\(name): cannot write: \(systemMessage(code)); \(remedy)\(kept)")
  }
}
