import CProcess
import Glibc

extension PartialName {
  /// Makes the folder at the part's name, or takes what lies there, and locks it.
  /// - Returns: an open descriptor
  func newFolder() throws -> CInt {
    guard mkdir(part, 0o777) == 0 || errno == EEXIST else {
      throw FileError("\(part): cannot create: \(systemMessage(errno)); make its parent first")
    }
    return try lockedFolder()
  }

  /// Opens the part, which must be a folder of this user's that no other process makes.
  func lockedFolder() throws -> CInt {
    let descriptor = open(part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOTDIR || errno == ELOOP
        ? FileError("\(part): is a link or a file, should be a folder; remove it")
        : creationError(errno)
    }
    do {
      try lock(descriptor)
      var status = stat()
      guard fstat(descriptor, &status) == 0, status.st_uid == geteuid() else {
        throw FileError("\(part): belongs to another user; name another folder")
      }
      return descriptor
    } catch {
      close(descriptor)
      throw error
    }
  }
}

/// Which file or folder it is, whatever its name.
struct FileNumber: Equatable {
  private let device: UInt
  private let number: UInt

  /// `nil` where there is nothing of that name.
  init?(_ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw FileError("\(path): \(systemMessage(errno))")
    }
    (device, number) = (UInt(status.st_dev), UInt(status.st_ino))
  }

  /// As `text` has it; `nil` for any other text.
  init?(text: String) {
    let numbers = text.split(separator: " ").map { UInt($0) }
    guard numbers.count == 2, let device = numbers[0], let number = numbers[1] else { return nil }
    (self.device, self.number) = (device, number)
  }

  var text: String { "\(device) \(number)" }
}

/// Removes a file, or a folder with all that is in it; follows no link. What is not there is removed.
package func removeTree(_ path: String) throws {
  var status = stat()
  guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
    return try removeFile(path)
  }
  // Folders before what is in them.
  var folders = [path]
  var next = 0
  while next < folders.count {
    let folder = folders[next]
    next += 1
    for entry in try folderEntries(folder) {
      let inner = "\(folder)/\(entry)"
      guard lstat(inner, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        try removeFile(inner)
        continue
      }
      folders.append(inner)
    }
  }
  for folder in folders.reversed() where rmdir(folder) != 0 && errno != ENOENT {
    throw FileError("\(folder): cannot be removed: \(systemMessage(errno)); remove it")
  }
}

/// Gives two folders each other's names; where the file system cannot do that in one step, the one
/// that is replaced gets the name `aside` on the way, and its own again where that fails.
/// - Returns: where the folder that was at `path` lies now
func replaceFolder(_ path: String, by part: String, aside: String) throws -> String {
  let code = cp_exchange_names(part, path)
  if code == 0 { return part }
  func failure(_ code: CInt) -> FileError {
    FileError(
      "\(part): cannot be renamed to \(path): \(systemMessage(code)); it is whole, rename it "
        + "yourself")
  }
  guard [EINVAL, ENOSYS, ENOTSUP].contains(code) else { throw failure(code) }
  guard rename(path, aside) == 0 else { throw failure(errno) }
  guard rename(part, path) == 0 else {
    let code = errno
    _ = rename(aside, path)
    throw failure(code)
  }
  return aside
}
