import Glibc
import ModelFiles

/// The reader of a pipe went away: nothing is wrong, and nobody is left to write for.
struct ReaderGone: Error {}

/// Where the bytes of an output go. A file grows as `PATH.part` and takes its name when whole;
/// without `finish` the part stays. Writes are not buffered.
final class OutputFile {
  /// As the user knows it.
  let name: String
  /// The file that grows, where there is one.
  let part: String?
  private let target: String
  private let descriptor: Int32
  /// Where the first byte lies, if it can be written again later.
  private let origin: off_t?
  private var isOpen = true

  /// - `path`: `nil` and `-` are standard output.
  /// - `keepingPart`: leaves in a part what an earlier run wrote; `cut` says where to go on.
  init(_ path: String?, keepingPart: Bool = false) throws {
    // Errors of write say it better: EPIPE for a reader that left, EFBIG for a file's limit.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    let destination = try Destination(path)
    name = path.flatMap { $0 == "-" ? nil : $0 } ?? "stdout"
    switch destination {
    case .file(let target):
      self.target = target
      part = target + ".part"
      descriptor = try Self.openPart(target + ".part", keeping: keepingPart)
      origin = 0
    case .device:
      (target, part, origin) = (name, nil, nil)
      descriptor = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    case .inherited(let number):
      (target, part) = (name, nil)
      // A copy, so that closing it can report errors and yet leave the original.
      descriptor = fcntl(number, F_DUPFD_CLOEXEC, 3)
      origin = Self.position(descriptor)
    }
    guard descriptor >= 0 else {
      throw FileError("\(name): cannot write: \(systemMessage(errno)); name another output")
    }
  }

  /// An unnamed file that is gone with its descriptor, in `$TMPDIR` or /tmp.
  init(temporaryFor name: String) throws {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? ""
    var template = Array(((folder.isEmpty ? "/tmp" : folder) + "/embed-XXXXXX").utf8CString)
    descriptor = mkstemp(&template)
    guard descriptor >= 0 else {
      throw FileError(
        "\(folder.isEmpty ? "/tmp" : folder): cannot make a temporary file for \(name): "
          + "\(systemMessage(errno)); set TMPDIR to a folder that can be written to")
    }
    unlink(template)
    (self.name, target, part, origin) = ("the temporary file for \(name)", "", nil, 0)
  }

  deinit {
    if isOpen { close(descriptor) }
  }

  private static func openPart(_ part: String, keeping: Bool) throws -> Int32 {
    // Not through a link, which somebody else may have laid.
    let descriptor = open(part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
    guard descriptor >= 0 else {
      let advice =
        [ENOENT, ENOTDIR].contains(errno)
        ? "make its folder first" : "check the folder's permissions"
      throw FileError("\(part): cannot create: \(systemMessage(errno)); \(advice)")
    }
    // Some network file systems have no locks; only a lock that is taken means anything.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      close(descriptor)
      throw FileError("\(part): another run is writing it; wait for it or name another output")
    }
    // That a name still leads to the file shows that no other run has just made it whole.
    var status = stat()
    var named = stat()
    guard fstat(descriptor, &status) == 0, stat(part, &named) == 0,
      status.st_ino == named.st_ino, keeping || ftruncate(descriptor, 0) == 0
    else {
      close(descriptor)
      throw FileError("\(part): cannot be written afresh; remove it")
    }
    return descriptor
  }

  /// Where a regular file stands, unless every write goes to its end.
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
  var canPatch: Bool { origin != nil }

  /// Whether a person reads along, and a progress bar would get in between.
  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// Writes all bytes, or throws `ReaderGone` or a `FileError`.
  func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let buffer = UnsafeRawBufferPointer(rebasing: rest)
      let count = Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        // Somebody made the descriptor, which may be shared with others, one that never waits.
        var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&polled, 1, -1)
      } else if errno != EINTR {
        throw failure(errno)
      }
    }
  }

  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Writes over the first bytes.
  func patch(_ bytes: [UInt8]) throws {
    guard let origin else { return }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        let rest = UnsafeRawBufferPointer(rebasing: all[written...])
        return pwrite(descriptor, rest.baseAddress, rest.count, origin + written)
      }
      if count < 0 && errno != EINTR { throw failure(errno) }
      written += max(count, 0)
    }
  }

  /// Writes all that was written to another, which must be one that `canPatch`.
  func copy(of other: OutputFile) throws {
    var offset: off_t = other.origin ?? 0
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = buffer.withUnsafeMutableBytes {
        pread(other.descriptor, $0.baseAddress, $0.count, offset)
      }
      if count == 0 { return }
      if count < 0 && errno != EINTR {
        throw FileError("\(other.name): cannot read: \(systemMessage(errno))")
      }
      try buffer.withUnsafeBytes {
        try write(UnsafeRawBufferPointer(rebasing: $0[..<max(count, 0)]))
      }
      offset += max(count, 0)
    }
  }

  /// The bytes of a regular file.
  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Keeps the first bytes, and goes on behind them.
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

  /// Ends a whole output: a part takes its name.
  func finish() throws {
    guard isOpen else { return }
    isOpen = false
    defer { close(descriptor) }
    // Network and quota errors may come only with a close; a copy's, so that the lock outlives the
    // part's name.
    guard close(dup(descriptor)) == 0 || errno == EINTR else { throw failure(errno) }
    guard let part else { return }
    guard rename(part, target) == 0 else {
      throw FileError(
        "\(name): cannot rename \(part): \(systemMessage(errno)); it is whole, move it yourself")
    }
  }

  private func failure(_ code: Int32) -> any Error {
    if code == EPIPE { return ReaderGone() }
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
