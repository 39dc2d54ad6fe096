import Glibc

extension RunFolder {
  /// Which folder the run may replace, by its number: after the two have exchanged their names, what
  /// lies at the part's name is known by this.
  static let mark = "\(states)/replaced"
  /// That nothing is missing but the name.
  static let over = "\(states)/over"
  private static let asideEnding = ".replaced"

  static func mark(in folder: String) throws -> FileNumber? {
    let path = "\(folder)/\(mark)"
    guard try fileExists(path) else { return nil }
    return FileNumber(text: String(decoding: try readFile(path, limit: 100), as: UTF8.self))
  }

  /// Whether a run's folder is whole; the part of one always has a folder of states.
  static func isOver(_ folder: String) throws -> Bool {
    try fileExists("\(folder)/\(recipe)")
      && (fileExists("\(folder)/\(over)") || !fileExists("\(folder)/\(states)"))
  }

  /// Gives a part that is whole its name. Between any two steps of this a process may end, and
  /// `settle` goes on.
  func takeName() throws {
    isKept = true
    let older = try FileNumber(path)
    guard try older == nil || Self.mark(in: part) == older else {
      throw FileError(
        "\(path): was made while this run went on; \(part) is whole, give it another name")
    }
    let entries = try folderEntries(file(Self.states)).map { "\(Self.states)/\($0)" }
    for entry in entries where ![Self.mark, Self.over].contains(entry) {
      try removeTree(file(entry))
    }
    if older == nil {
      try name.finish()
    } else {
      let around = try FolderOnDisk(enclosingFolder(of: path))
      try around.synchronize()
      _ = try replaceFolder(path, by: part, aside: path + Self.asideEnding)
      try around.synchronize()
    }
    try Self.clear(name)
  }

  /// Removes what a run has replaced, then the mark that says what that was, then that it is over.
  private static func clear(_ name: PartialName) throws {
    if let replaced = try mark(in: name.name) {
      for path in [name.part, name.name + asideEnding] where try FileNumber(path) == replaced {
        try removeTree(path)
      }
    }
    for path in [mark, over, states] { try removeTree("\(name.name)/\(path)") }
  }

  /// Goes on where an earlier process ended between two steps of `takeName`.
  static func settle(_ name: PartialName) throws {
    let states = "\(name.name)/\(states)"
    if try isDirectory(states), try fileExists("\(name.name)/\(recipe)"),
      try fileExists("\(name.name)/\(over)") || folderEntries(states).isEmpty
    {
      try withLock(name.name) { try clear(name) }
    } else if try fileExists("\(name.part)/\(over)") {
      let whole = try FileNumber(name.name)
      guard try whole == nil || mark(in: name.part) == whole else { return }
      let folder = try RunFolder(name)
      // Another process may have done it before the lock was had.
      if try fileExists("\(name.part)/\(over)") { try folder.takeName() }
    }
  }

  /// Throws where the process that made the folder is still at it.
  private static func withLock(_ path: String, _ body: () throws -> Void) throws {
    let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("\(path): \(systemMessage(errno))") }
    defer { close(descriptor) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      throw FileError("\(path): another run is writing it; wait for it or name another output")
    }
    try body()
  }
}
