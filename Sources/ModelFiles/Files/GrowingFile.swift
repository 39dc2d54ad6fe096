import Glibc

/// A file that is made in pieces, perhaps by several processes one after the other: what was appended
/// is on the disk, and a process that comes later finds it under the same name.
package final class GrowingFile {
  private let path: String
  private let descriptor: CInt
  /// The bytes that are there.
  package private(set) var count: Int

  /// Opens what is there, or makes an empty file.
  package init(_ path: String) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o666)
    guard descriptor >= 0 else {
      throw FileError("\(path): cannot be made: \(systemMessage(errno)); remove it")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw FileError("\(path): is no file, should be one; remove it")
    }
    (self.path, self.descriptor, count) = (path, descriptor, Int(status.st_size))
  }

  deinit { close(descriptor) }

  /// Leaves out what comes after the first bytes.
  /// - Parameter count: at most as many as are there
  package func cut(to count: Int) throws {
    precondition(count <= self.count, "\(count) of \(self.count) bytes")
    guard ftruncate(descriptor, off_t(count)) == 0, lseek(descriptor, off_t(count), SEEK_SET) >= 0
    else { throw failure(errno) }
    self.count = count
  }

  /// Appends bytes, which are on the disk when it returns.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    let code = writeAll(bytes, to: descriptor)
    guard code == 0 else { throw failure(code) }
    let problem = synchronize(descriptor)
    guard problem == 0 else { throw failure(problem) }
    count += bytes.count
  }

  /// Gives the file, which is whole, another name.
  package func finish(as name: String) throws {
    guard rename(path, name) == 0 else { throw failure(errno) }
  }

  private func failure(_ code: CInt) -> FileError {
    FileError("\(path): cannot write: \(systemMessage(code)); free some space")
  }
}
