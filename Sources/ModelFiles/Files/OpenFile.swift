import Glibc

/// A regular file that is open for reading, closed when the value ends.
struct OpenFile: ~Copyable {
  let path: String
  /// The bytes it had when it was opened.
  let count: Int
  private let descriptor: CInt
  private let state: FileState

  /// Follows links. A pipe is refused, not waited for.
  init(_ path: String) throws {
    // The C library would see only what is before it.
    if path.utf8.contains(0) { throw FileError("\(path) has a NUL in its name") }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw openingError(path, errno) }
    var status = stat()
    let outcome = fstat(descriptor, &status)
    let problem = outcome == 0 ? irregularity(status.st_mode) : message(errno)
    if let problem {
      close(descriptor)
      throw FileError("\(path) \(problem)")
    }
    self.path = path
    self.count = Int(status.st_size)
    self.descriptor = descriptor
    state = FileState(status)
  }

  deinit { close(descriptor) }

  /// Throws when the file was written to since it was opened.
  func checkUnchanged() throws {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError("\(path) \(message(errno))") }
    if status.st_size < count { throw shrunk(path, from: count) }
    guard state.isSame(as: FileState(status)) else {
      throw FileError(
        "\(path) was changed while it was being read; try again when nothing writes to it")
    }
  }

  /// Reads on from where the last call ended; 0 at the end of the file.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw FileError("\(path) \(message(errno))") }
    }
  }

  /// All of the file as a private, read-only map; the file must not be empty.
  func map() throws -> UnsafeRawBufferPointer {
    let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard start != MAP_FAILED else {
      throw FileError("\(path) cannot be mapped: \(systemMessage(errno))")
    }
    return UnsafeRawBufferPointer(start: start, count: count)
  }
}

/// What tells that a file was written to.
private struct FileState {
  private let device: dev_t
  private let number: ino_t
  private let size: off_t
  private let links: nlink_t
  /// When its bytes, and when anything of it, changed last.
  private let modified, changed: timespec

  init(_ status: stat) {
    (device, number) = (status.st_dev, status.st_ino)
    (size, links) = (status.st_size, status.st_nlink)
    (modified, changed) = (status.st_mtim, status.st_ctim)
  }

  /// The time of the last change of anything tells of programs that write and then set the other
  /// back. A file that lost or got a name has changed, too, and its bytes have not: that is how a
  /// model is replaced as it should be.
  func isSame(as other: FileState) -> Bool {
    device == other.device && number == other.number && size == other.size
      && Self.equal(modified, other.modified)
      && (links != other.links || Self.equal(changed, other.changed))
  }

  private static func equal(_ a: timespec, _ b: timespec) -> Bool {
    a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec
  }
}

/// Whether there is something at `path`, be it a link to nowhere.
/// - Throws: where the system does not say, for what is there must not be passed over.
package func fileExists(_ path: String) throws -> Bool {
  try fileStatus(path, followingLinks: false) != nil
}

/// Whether there is a directory at `path`, or a link to one.
/// - Throws: where the system does not say
package func isDirectory(_ path: String) throws -> Bool {
  try fileStatus(path, followingLinks: true).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
}

private func fileStatus(_ path: String, followingLinks: Bool) throws -> stat? {
  // The C library would see only what is before it.
  if path.utf8.contains(0) { return nil }
  var status = stat()
  if (followingLinks ? stat(path, &status) : lstat(path, &status)) == 0 { return status }
  // A text may be asked whether it is the name of a file: none is so long.
  guard [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno) else { throw openingError(path, errno) }
  return nil
}

/// The last part of a path: the name of a file or folder in the folder around it.
package func lastName(of path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}

private func openingError(_ path: String, _ code: CInt) -> FileError {
  switch code {
  case ENOENT where (try? fileExists(path)) ?? false:
    FileError("\(path) is a link to a file that does not exist")
  case ENOENT: FileError("\(path) does not exist")
  case EACCES: FileError("\(path) may not be read: permission denied")
  case ENXIO: FileError("\(path) is a socket or a device, should be a regular file")
  default: FileError("\(path) \(message(code))")
  }
}

/// What is wrong with a file of this mode, if anything.
private func irregularity(_ mode: mode_t) -> String? {
  switch mode & S_IFMT {
  case S_IFREG: nil
  case S_IFDIR: "is a directory, should be a file"
  case S_IFIFO: "is a pipe, should be a regular file"
  default: "is a device, should be a regular file"
  }
}

private func message(_ code: CInt) -> String { "cannot be read: \(systemMessage(code))" }

/// The most bytes of a file that is read into memory whole.
package enum FileLimit {
  /// config.json and similar files, usually a few kB: 64 MiB.
  package static let configuration = 64 << 20
  /// tokenizer.json: large vocabularies need 35 MB; parsing takes up to 8 times the file's size.
  package static let tokenizer = 256 << 20
}

/// The bytes of a file of at most `limit` bytes.
package func readFile(_ path: String, limit: Int) throws -> [UInt8] {
  let file = try OpenFile(path)
  let count = file.count
  guard count <= limit else {
    throw FileError("\(path) has \(count) bytes; at most \(limit) are read of such a file")
  }
  return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    let whole = UnsafeMutableRawBufferPointer(buffer)
    while filled < count {
      let added = try file.next(into: .init(rebasing: whole[filled..<count]))
      guard added > 0 else { throw shrunk(path, from: count) }
      filled += added
    }
    try file.checkUnchanged()
  }
}

/// The error of a file that lost its end while we looked at it.
func shrunk(_ path: String, from count: Int) -> FileError {
  FileError(
    "\(path) became shorter while it was being read (was \(count) bytes); "
      + "try again when nothing writes to it")
}
