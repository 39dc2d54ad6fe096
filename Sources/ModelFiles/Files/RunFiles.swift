import Glibc

/// Writes files into a folder that is there, each under `NAME.part` until it is on the disk: one that
/// has its name is whole, whenever the process ends.
final class RunFiles: FolderWriting {
  private let base: String
  var checksums = Checksums()
  /// The folders whose names are to be on the disk.
  private var folders: Set<String>

  init(_ base: String) { (self.base, folders) = (base, [base]) }

  func write(_ name: String, _ body: (borrowing FileWriter) throws -> Void) throws {
    var folder = base
    for step in name.split(separator: "/").dropLast() {
      folder += "/\(step)"
      try makeFolder(folder)
    }
    folders.insert(folder)
    let name = PartialName("\(base)/\(name)")
    // A process that is gone may have left it.
    try removeFile(name.part)
    do {
      // An interrupt is to find the state written, not to end that.
      let file = try FileWriter(name.part) { false }
      try body(file)
      try file.close()
      guard rename(name.part, name.name) == 0 else {
        throw FileError("\(name.name): cannot create: \(systemMessage(errno)); remove it")
      }
    } catch {
      unlink(name.part)
      throw error
    }
  }

  func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o777) != 0 else {
      folders.insert(enclosingFolder(of: path))
      return
    }
    let code = errno
    var status = stat()
    guard code == EEXIST, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw FileError("\(path): cannot create: \(systemMessage(code))")
    }
  }

  /// Makes sure that the names of all that was written are on the disk.
  func synchronize() throws {
    for folder in folders.sorted() { try FolderOnDisk(folder).synchronize() }
  }
}
