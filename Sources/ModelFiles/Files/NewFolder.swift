import Glibc

/// A folder that takes its name only once it is complete: until `finish` its files are in
/// `PATH.part`, which is removed when the value ends without it.
package final class NewFolder {
  package var path: String { name.name }
  private let name: PartialName
  private var isFinished = false

  /// - Throws: when something of that name is there already.
  package init(_ path: String) throws {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard !path.isEmpty, !path.utf8.contains(0) else { throw FileError("a folder needs a name") }
    guard !fileExists(path) else {
      throw FileError("\(path) is there already; name a new folder, or remove it")
    }
    let name = PartialName(path)
    guard mkdir(name.part, 0o777) == 0 else {
      let advice =
        errno == EEXIST
        ? "another run is writing it, or one was killed: remove it" : "make its parent first"
      throw FileError("\(name.part): cannot create: \(systemMessage(errno)); \(advice)")
    }
    // Only now: a value that is complete takes its part away with it, which must not be another's.
    self.name = name
  }

  deinit { if !isFinished { Self.remove(name.part) } }

  /// Writes a whole file; `name` is relative, and its folders are made.
  package func write(_ name: String, _ bytes: [UInt8]) throws {
    try write(name) { file in try bytes.withUnsafeBytes { try file.append($0) } }
  }

  /// Writes a file in pieces.
  package func write(_ name: String, _ body: (borrowing FileWriter) throws -> Void) throws {
    var folder = self.name.part
    for step in name.split(separator: "/").dropLast() {
      folder += "/\(step)"
      guard mkdir(folder, 0o777) == 0 || errno == EEXIST else {
        throw FileError("\(folder): cannot create: \(systemMessage(errno))")
      }
    }
    let file = try FileWriter("\(self.name.part)/\(name)")
    try body(file)
    try file.close()
  }

  /// Copies a file as it is.
  package func copy(_ source: String, to name: String) throws {
    let file = try OpenFile(source)
    try write(name) { target in
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
      defer { buffer.deallocate() }
      while true {
        let count = try file.next(into: buffer)
        if count == 0 { return }
        try target.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
    }
  }

  /// Gives the folder its name.
  package func finish() throws {
    try name.finish()
    isFinished = true
  }

  /// Removes a folder that this value made, whose depth it therefore knows.
  private static func remove(_ folder: String) {
    for entry in folderEntries(folder) ?? [] {
      let path = "\(folder)/\(entry)"
      if unlink(path) != 0 { remove(path) }
    }
    rmdir(folder)
  }
}

/// A new file that is written from its beginning to its end.
package struct FileWriter: ~Copyable {
  private let path: String
  private let descriptor: CInt

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else {
      throw FileError("\(path): cannot create: \(systemMessage(errno))")
    }
  }

  deinit { Glibc.close(descriptor) }

  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    let code = writeAll(bytes, to: descriptor)
    if code != 0 { throw failure(code) }
  }

  /// Makes sure that the bytes arrived.
  func close() throws {
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw failure(errno) }
  }

  private func failure(_ code: CInt) -> FileError {
    FileError("\(path): cannot write: \(systemMessage(code)); free some space")
  }
}

/// The names in a folder without `.` and `..`, sorted by bytes; `nil` if it cannot be read.
package func folderEntries(_ path: String) -> [String]? {
  guard let folder = opendir(path) else { return nil }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
