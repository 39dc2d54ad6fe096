import Glibc

/// The names in a folder without `.` and `..`, sorted by bytes.
/// - Throws: where the folder cannot be read to its end, or has a name that is not UTF-8.
package func folderEntries(_ path: String) throws -> [String] {
  func failure(_ reason: String) -> FileError {
    FileError("\(path): cannot be read as a folder: \(reason)")
  }
  guard let folder = opendir(path) else { throw failure(systemMessage(errno)) }
  defer { closedir(folder) }
  var names: [String] = []
  while true {
    // Only this tells the end from an error.
    errno = 0
    guard let entry = readdir(folder) else {
      guard errno == 0 else { throw failure(systemMessage(errno)) }
      return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    // Where it lies: an entry is only as long as its name.
    let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
      String(validatingCString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
    }
    guard let name else { throw failure("it has a name that is not UTF-8; rename that file") }
    if name != ".", name != ".." { names.append(name) }
  }
}
