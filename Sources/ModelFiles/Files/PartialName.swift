import Glibc

/// A name that a file or folder takes once it is whole; until then it grows as `NAME.part`, in the
/// same folder. No link at the part's name is followed, and no file is written over: what a process
/// that is gone has left there gives way to a new one.
package struct PartialName {
  package let name: String
  package let part: String

  package init(_ name: String) { (self.name, part) = (name, name + ".part") }

  /// Makes the part of a file and locks it, with the permissions of the file that it will replace.
  /// - Parameter other: whose permissions count where it replaces none
  /// - Returns: an open descriptor, for reading and writing
  package func newFile(like other: String? = nil) throws -> CInt {
    // Each round finds the name free or frees it; only others who do the same can make many.
    for _ in 0..<64 {
      let descriptor = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard descriptor < 0 else {
        do {
          try lock(descriptor)
          try keepPermissions(descriptor, of: fileExists(name) ? name : other ?? name)
          return descriptor
        } catch {
          close(descriptor)
          throw error
        }
      }
      guard errno == EEXIST else { throw creationError(errno) }
      guard let leftover = try existingFile() else { continue }
      defer { close(leftover.descriptor) }
      try removeFile(part)
    }
    throw FileError("\(part): cannot create: others go on making it; name another output")
  }

  /// Opens and locks the part of a file that an earlier process left, to continue it; makes one where
  /// there is none.
  package func continuedFile() throws -> CInt {
    guard let (descriptor, status) = try existingFile() else { return try newFile() }
    let problem =
      status.st_nlink != 1
      ? "is also the file of another name, which would change with it"
      : status.st_uid != geteuid() ? "belongs to another user" : nil
    guard let problem else { return descriptor }
    close(descriptor)
    throw FileError("\(part): \(problem); remove it")
  }

  /// Opens and locks what lies at the part's name; `nil` where nothing does.
  private func existingFile() throws -> (descriptor: CInt, status: stat)? {
    let descriptor = open(part, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw creationError(errno)
    }
    do {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else { throw creationError(errno) }
      guard status.st_mode & S_IFMT == S_IFREG else { throw creationError(EEXIST) }
      try lock(descriptor)
      return (descriptor, status)
    } catch {
      close(descriptor)
      throw error
    }
  }

  /// Makes sure that no other process writes the part that is open.
  func lock(_ descriptor: CInt) throws {
    // Some network file systems have no locks; only a lock that is taken means anything.
    let isLocked = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    // Where the name leads elsewhere by now, another process has finished or replaced the part.
    var (opened, named) = (stat(), stat())
    guard !isLocked, fstat(descriptor, &opened) == 0, lstat(part, &named) == 0,
      opened.st_dev == named.st_dev, opened.st_ino == named.st_ino
    else {
      throw FileError("\(part): another run is writing it; wait for it or name another output")
    }
  }

  private func keepPermissions(_ descriptor: CInt, of file: String) throws {
    var status = stat()
    guard stat(file, &status) == 0 else {
      if errno == ENOENT { return }
      throw FileError("\(file): \(systemMessage(errno)); name another output")
    }
    guard fchmod(descriptor, status.st_mode & 0o777) == 0 else {
      throw FileError(
        "\(part): cannot have the permissions of \(file): \(systemMessage(errno)); remove \(file)")
    }
  }

  func creationError(_ code: CInt) -> FileError {
    let advice =
      switch code {
      case ENOENT, ENOTDIR: "make its folder first"
      case EISDIR, ELOOP, EEXIST, ENXIO: "move or remove what has this name"
      case EMFILE, ENFILE: "raise the limit on open files (ulimit -n)"
      case ENOSPC, EDQUOT: "free some space"
      default: "check the folder's permissions"
      }
    let reason =
      code == ELOOP ? "it is a symbolic link, which is not followed" : systemMessage(code)
    return FileError("\(part): cannot create: \(reason); \(advice)")
  }

  /// Gives what is whole its name; what had the name before is replaced. The folder that holds both
  /// is written to the disk before and after, so that a machine that stops keeps one or the other.
  package func finish() throws {
    let folder = try FolderOnDisk(enclosingFolder(of: name))
    try folder.synchronize()
    guard rename(part, name) == 0 else {
      throw FileError(
        "\(part): cannot be renamed to \(name): \(systemMessage(errno)); it is whole, rename it "
          + "yourself")
    }
    try folder.synchronize()
  }
}

/// The path of the folder that holds a file or folder.
package func enclosingFolder(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// A folder whose names are to be on the disk; open as long as the value lives.
struct FolderOnDisk: ~Copyable {
  private let path: String
  /// -1 for a folder that can be written to and not read.
  private let descriptor: CInt

  init(_ path: String) throws {
    var opened: CInt
    repeat {
      opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    } while opened < 0 && errno == EINTR
    guard opened >= 0 || errno == EACCES else {
      throw FileError("\(path): the folder cannot be opened: \(systemMessage(errno))")
    }
    (self.path, descriptor) = (path, opened)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Makes sure that the names in it are on the disk.
  func synchronize() throws {
    let code = descriptor < 0 ? 0 : ModelFiles.synchronize(descriptor)
    guard code == 0 else {
      throw FileError("\(path): the folder cannot be written: \(systemMessage(code))")
    }
  }
}

/// Makes sure that what was written is on the disk.
/// - Returns: 0, or what went wrong as `errno` has it
package func synchronize(_ descriptor: CInt) -> CInt {
  while fsync(descriptor) != 0 {
    // Some file systems have nothing to synchronize.
    if errno == EINVAL || errno == EROFS || errno == ENOTSUP { return 0 }
    if errno != EINTR { return errno }
  }
  return 0
}

/// Refuses a symbolic link at a name that is to be written beside an output: its target may be
/// anything.
package func refuseLink(_ path: String) throws {
  var status = stat()
  guard lstat(path, &status) == 0 else {
    if errno == ENOENT { return }
    throw FileError("\(path): \(systemMessage(errno)); name another output")
  }
  guard status.st_mode & S_IFMT == S_IFLNK else { return }
  throw FileError("\(path): is a symbolic link, which is not followed; remove it")
}

/// Writes all bytes, and waits where the descriptor cannot take them at once.
/// - Returns: 0, or what went wrong as `errno` has it
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) -> CInt {
  var rest = bytes[...]
  while !rest.isEmpty {
    let buffer = UnsafeRawBufferPointer(rebasing: rest)
    let count = write(descriptor, buffer.baseAddress, buffer.count)
    if count >= 0 {
      rest = rest.dropFirst(count)
    } else if errno == EAGAIN {
      // Another process made the descriptor, which is shared, one that never waits.
      var polled = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&polled, 1, -1)
    } else if errno != EINTR {
      return errno
    }
  }
  return 0
}

/// Removes a file if it is there.
package func removeFile(_ path: String) throws {
  guard unlink(path) != 0, errno != ENOENT else { return }
  throw FileError("\(path): cannot be removed: \(systemMessage(errno)); remove it")
}

/// What the system says of an error number: `No space left on device`.
package func systemMessage(_ code: CInt) -> String {
  // The text is constant, or this thread's own (glibc 2.32 and later).
  String(cString: strerror(code))
}
