import Glibc

/// A folder that takes its name only once it is complete: until `finish` its files are in
/// `PATH.part`, and what was written goes when the value ends without it.
///
/// A `PATH.part` that a process left, which was killed, is taken over: its files give way to new
/// ones of their names. Those that no new one replaces are named at the end, and not removed: they
/// may be somebody's own.
package final class NewFolder: FolderWriting {
  package var path: String { name.name }
  private let name: PartialName
  /// Of the part, which it keeps locked.
  private let descriptor: CInt
  /// The files and folders that were there before.
  private var leftovers: (files: Set<String>, folders: [String])
  /// What was made, folders before the files in them.
  private var made: [String] = []
  private var isFinished = false
  /// Of the weights that were written.
  package var checksums = Checksums()
  /// Asked before each write; `true` ends in `CancellationError`.
  private let cancelled: @Sendable () -> Bool

  /// - Throws: when something of that name is there already, or another process makes it.
  package init(_ path: String, cancelled: @escaping @Sendable () -> Bool = { false }) throws {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard !path.isEmpty, !path.utf8.contains(0) else { throw FileError("a folder needs a name") }
    guard try !fileExists(path) else {
      throw FileError("\(path) is there already; name a new folder, or remove it")
    }
    let name = PartialName(path)
    let descriptor = try name.newFolder()
    do {
      leftovers = try Self.contents(of: name.part)
    } catch {
      close(descriptor)
      throw error
    }
    (self.name, self.descriptor, self.cancelled) = (name, descriptor, cancelled)
  }

  deinit {
    if !isFinished {
      for path in made.reversed() where unlink(path) != 0 { rmdir(path) }
      rmdir(name.part)
    }
    close(descriptor)
  }

  /// The files in a part and below, each of which must be one that a process like this may have
  /// made: no link, no second name of another file.
  private static func contents(
    of folder: String
  ) throws -> (files: Set<String>, folders: [String]) {
    var (files, folders, next) = (Set<String>(), [folder], 0)
    while next < folders.count {
      let folder = folders[next]
      next += 1
      for entry in try folderEntries(folder) {
        let path = "\(folder)/\(entry)"
        var status = stat()
        guard lstat(path, &status) == 0 else { throw FileError("\(path): \(systemMessage(errno))") }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: folders.append(path)
        case S_IFREG where status.st_nlink == 1: files.insert(path)
        default:
          throw FileError("\(path): is no file that embed made, should not be there; remove it")
        }
      }
    }
    return (files, Array(folders.dropFirst()))
  }

  /// Writes a file in pieces; `name` is relative, and its folders are made.
  package func write(_ name: String, _ body: (borrowing FileWriter) throws -> Void) throws {
    var folder = self.name.part
    for step in name.split(separator: "/").dropLast() {
      folder += "/\(step)"
      try makeFolder(folder)
    }
    let path = "\(self.name.part)/\(name)"
    if leftovers.files.remove(path) != nil { try removeFile(path) }
    let file = try FileWriter(path, cancelled: cancelled)
    made.append(path)
    try body(file)
    try file.close()
  }

  private func makeFolder(_ path: String) throws {
    if mkdir(path, 0o777) == 0 { return made.append(path) }
    let code = errno
    var status = stat()
    guard code == EEXIST, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError("\(path): cannot create: \(systemMessage(code))")
    }
    // A process that is gone made it; it goes with this one's files.
    if !made.contains(path) { made.append(path) }
  }

  /// Writes all to the disk and gives the folder its name.
  package func finish() throws {
    try writeChecksums()
    if let first = leftovers.files.min() {
      throw FileError(
        "\(first): another run left it, and this one has no file of that name; remove \(name.part)")
    }
    // Those that hold files stay.
    for folder in leftovers.folders.reversed() { rmdir(folder) }
    var folders: Set<String> = [name.part]
    for path in made { folders.insert(enclosingFolder(of: path)) }
    for folder in folders.sorted() { try FolderOnDisk(folder).synchronize() }
    // Whatever comes now, what is whole stays.
    isFinished = true
    try name.finish()
  }
}

/// A new file that is written from its beginning to its end.
package struct FileWriter: ~Copyable {
  private let path: String
  private let descriptor: CInt
  private let cancelled: @Sendable () -> Bool

  init(_ path: String, cancelled: @escaping @Sendable () -> Bool) throws {
    (self.path, self.cancelled) = (path, cancelled)
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      throw FileError("\(path): cannot create: \(systemMessage(errno))")
    }
  }

  deinit { Glibc.close(descriptor) }

  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    // A megabyte at a time, so that a large table does not keep an interrupt waiting.
    for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
      if cancelled() { throw CancellationError() }
      let part = bytes[start..<min(start + 1 << 20, bytes.count)]
      let code = writeAll(UnsafeRawBufferPointer(rebasing: part), to: descriptor)
      if code != 0 { throw failure(code) }
    }
  }

  /// Makes sure that the bytes arrived.
  func close() throws {
    let code = synchronize(descriptor)
    if code != 0 { throw failure(code) }
  }

  private func failure(_ code: CInt) -> FileError {
    FileError("\(path): cannot write: \(systemMessage(code)); free some space")
  }
}
