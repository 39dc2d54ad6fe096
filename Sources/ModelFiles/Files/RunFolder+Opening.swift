import Glibc

extension RunFolder {
  package enum Opening {
    case run(RunFolder)
    /// The run that should go on is over.
    case complete
  }

  /// Takes the folder of a run, and finishes what an earlier process left undone at the end of its.
  /// - Parameters:
  ///   - resumes: go on with the run that is there, if one is (`--resume`)
  ///   - replaces: give up what is there already, a run or a model (`--force`)
  package static func open(
    _ path: String, resumes: Bool, replaces: Bool
  ) throws -> Opening {
    let name = try runName(path)
    try settle(name)
    if resumes, try fileExists(name.name), try !fileExists(name.part) {
      if try isOver(name.name) { return .complete }
      try takeBack(name)
    }
    try checkReplaceable(name, resumes: resumes, replaces: replaces)
    let folder = try RunFolder(name)
    // Another run may have ended since.
    try checkReplaceable(name, resumes: resumes, replaces: replaces)
    if resumes {
      guard try !folder.goOn() else { return .complete }
    } else {
      try folder.begin(replaces: replaces)
    }
    try folder.makeStates()
    if replaces, let older = try FileNumber(name.name) {
      try folder.write(mark, Array(older.text.utf8))
    }
    return .run(folder)
  }

  /// The path of the recipe of the run that is there, ended or not; `nil` where none is.
  package static func recipe(of path: String) throws -> String? {
    let name = try runName(path)
    return try [name.part, name.name].map { "\($0)/\(recipe)" }.first { try fileExists($0) }
  }

  private static func runName(_ path: String) throws -> PartialName {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard !path.isEmpty, !path.utf8.contains(0), path != "/",
      ![".", ".."].contains(lastName(of: path))
    else { throw FileError("`\(path)`: a folder needs a name of its own; name a new one") }
    return PartialName(path)
  }

  /// A run that somebody gave its name before it was over goes back to being a part.
  private static func takeBack(_ name: PartialName) throws {
    guard try isFolder(name.name), try RunPoint.newest(in: name.name) != nil else { return }
    guard rename(name.name, name.part) == 0 else {
      throw FileError(
        "\(name.name): cannot be renamed to \(name.part): \(systemMessage(errno)); check the "
          + "permissions of the folder around it")
    }
  }

  private static func isFolder(_ path: String) throws -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return false }
      throw FileError("\(path): \(systemMessage(errno))")
    }
    return status.st_mode & S_IFMT == S_IFDIR
  }

  /// Throws where something has the name that the run is to have, and may not be replaced.
  private static func checkReplaceable(
    _ name: PartialName, resumes: Bool, replaces: Bool
  ) throws {
    guard let found = try FileNumber(name.name) else { return }
    guard try isFolder(name.name) else {
      throw FileError("\(name.name) is there already and is no folder; name another, or remove it")
    }
    // A run that may replace it says so once.
    if resumes, try mark(in: name.part) == found { return }
    guard replaces else {
      throw FileError(
        "\(name.name) is there already; name a new folder, or replace it with --force")
    }
    // A home folder, say.
    let isModel = try [recipe, "modules.json", "config.json"].contains {
      try fileExists("\(name.name)/\($0)")
    }
    guard try isModel || folderEntries(name.name).isEmpty else {
      throw FileError("\(name.name): holds no model, so it is not replaced; name another folder")
    }
  }

  /// Finds where the run in the part has come to.
  /// - Returns: whether it is over
  private func goOn() throws -> Bool {
    if try fileExists(file(Self.over)) {
      if let older = try FileNumber(path) { try write(Self.mark, Array(older.text.utf8)) }
      try takeName()
      return true
    }
    let entries = try folderEntries(part)
    guard !entries.isEmpty else { return false }
    try checkIsRun(entries)
    var leftovers = entries
    if try isDirectory(file(Self.states)) {
      leftovers += try folderEntries(file(Self.states)).map { "\(Self.states)/\($0)" }
    }
    for name in leftovers where name.hasSuffix(".part") { try removeTree(file(name)) }
    start = try RunPoint.newest(in: part)
    return false
  }

  /// Clears the part of what a run left that cannot go on, or that is given up.
  private func begin(replaces: Bool) throws {
    let entries = try folderEntries(part)
    try checkIsRun(entries)
    if !replaces, let newest = try RunPoint.newest(in: part) {
      throw FileError(
        "\(part): holds a run that has not ended, at step \(newest.step); go on with it with "
          + "--resume, start again with --force, or remove it")
    }
    // By what is last, the rest is known for a run's.
    let last = [Self.recipe, Self.states]
    for entry in entries.filter({ !last.contains($0) }) + last { try removeTree(file(entry)) }
    isKept = false
  }

  /// Throws where the part holds what no run wrote.
  private func checkIsRun(_ entries: [String]) throws {
    guard !entries.contains(Self.states), !entries.contains(Self.recipe),
      let other = entries.first(where: { !$0.hasSuffix(".part") })
    else { return }
    throw FileError(
      "\(file(other)): is no run's, should not be there; remove it, or name another folder")
  }
}
