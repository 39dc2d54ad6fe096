import Glibc

/// The folder of a long run: `PATH.part` until the run is over, and all along in a state that a later
/// process can go on from, whenever this one ends. What has a name in it is whole:
///
///     recipe.json, log.jsonl, …   the caller's
///     checkpoint-20/              a whole model and the run's state; stays
///     state/step-25/, best-20/    the run's state and its best weights; go at the end
///     state/replaced              which folder at PATH the run may replace
///     state/over                  written last: only the name is missing
///
/// A run that ends before it kept any state, or anything else that took long, removes what it made.
package final class RunFolder: FolderWriting {
  package static let recipe = "recipe.json"
  /// Lines are added to it; it is on the disk before a state is.
  package static let log = "log.jsonl"
  /// The folder of all that goes when the run is over.
  package static let states = "state"

  package var path: String { name.name }
  package var part: String { name.part }
  let name: PartialName
  /// Of the part, which it keeps locked.
  private let descriptor: CInt
  private let files: RunFiles
  /// What of this value's is in the part beside states.
  private var made: Set<String> = []
  /// Whether the part stays when the value ends, as what others left in it does.
  var isKept = true
  /// Where an earlier process came to; `nil` where the run begins.
  package internal(set) var start: RunPoint?

  /// Makes or takes the part, and locks it.
  init(_ name: PartialName) throws {
    self.name = name
    descriptor = try name.newFolder()
    files = RunFiles(name.part)
    isKept = try !folderEntries(name.part).isEmpty
  }

  deinit {
    if !isKept {
      // Nothing more can be done where that fails: who looks finds what is left.
      for name in made.union([Self.states]) { try? removeTree(file(name)) }
      rmdir(part)
    }
    close(descriptor)
  }

  /// The path of a file or folder in the part.
  package func file(_ name: String) -> String { "\(part)/\(name)" }

  package var checksums: Checksums {
    get { files.checksums }
    set { files.checksums = newValue }
  }

  package func write(_ name: String, _ body: (borrowing FileWriter) throws -> Void) throws {
    note(name)
    try files.write(name, body)
  }

  /// Says that the caller makes something of this name by itself, as a log that grows: it goes with
  /// the rest where a run ends before it kept any state.
  package func note(_ name: String) {
    if let first = name.split(separator: "/").first { made.insert(String(first)) }
  }

  /// Says that what is there is worth going on from: it stays where the run ends.
  package func keep() { isKept = true }

  func makeStates() throws { try files.makeFolder(file(Self.states)) }

  /// Writes what the run is at a step. Once that is on the disk, older states, older checkpoints
  /// beyond the limit and best weights that are best no longer are removed.
  /// - Parameters:
  ///   - best: the step of the best weights so far, whose folders stay
  ///   - limit: how many checkpoints are kept; all without one
  package func save(
    _ point: RunPoint, best: Int?, limit: Int? = nil,
    _ body: (any FolderWriting) throws -> Void
  ) throws {
    let path = file(point.name)
    let part = PartialName(path).part
    try makeStates()
    try removeTree(part)
    guard mkdir(part, 0o777) == 0 else {
      throw FileError("\(part): cannot create: \(systemMessage(errno)); free some space")
    }
    do {
      let files = RunFiles(part)
      try body(files)
      try files.writeChecksums()
      try files.synchronize()
      try synchronizeLog()
      try take(path, from: part)
    } catch {
      // What is half written goes at once, as the disk may be full; the first error is the one to tell.
      try? removeTree(part)
      throw error
    }
    guard point.kind != .best else { return }
    isKept = true
    try tidy(best: best, limit: limit)
  }

  private func take(_ path: String, from part: String) throws {
    if try fileExists(path) {
      try removeTree(replaceFolder(path, by: part, aside: "\(path).older.part"))
    } else {
      guard rename(part, path) == 0 else {
        throw FileError("\(part): cannot be renamed to \(path): \(systemMessage(errno))")
      }
    }
    try FolderOnDisk(enclosingFolder(of: path)).synchronize()
    try FolderOnDisk(self.part).synchronize()
  }

  private func synchronizeLog() throws {
    let log = file(Self.log)
    let descriptor = Glibc.open(log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    // It may be kept elsewhere.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let code = synchronize(descriptor)
    guard code == 0 else {
      throw FileError("\(log): cannot write: \(systemMessage(code)); free some space")
    }
  }

  private func tidy(best: Int?, limit: Int?) throws {
    let points = try RunPoint.all(in: part)
    guard let newest = try RunPoint.newest(in: part) else { return }
    var old = points.filter { point in
      switch point.kind {
      case .state: point != newest
      case .best: point.step != best
      case .checkpoint: false
      }
    }
    if let limit {
      let checkpoints = points.filter { $0.kind == .checkpoint }
      let last = checkpoints.last
      old += checkpoints.filter { $0 != last && $0.step != best }
        .prefix(max(0, checkpoints.count - limit))
    }
    for point in old { try remove(point) }
  }

  /// Removes a point; one that is removed in part has its name no longer.
  private func remove(_ point: RunPoint) throws {
    let path = file(point.name)
    let part = PartialName(path).part
    try removeTree(part)
    guard rename(path, part) == 0 else {
      throw FileError("\(path): cannot be removed: \(systemMessage(errno)); remove it")
    }
    try removeTree(part)
  }

  /// The folder of the best weights, where there are any of this step.
  package func best(step: Int) throws -> String? {
    let path = file(RunPoint(.best, step: step).name)
    return try fileExists(path) ? path : nil
  }

  /// Gives the folder, whose model is written, its name; the states in it go.
  /// - Parameters:
  ///   - best: the step of the best weights, whose checkpoint stays
  ///   - limit: how many checkpoints are kept; all without one
  package func finish(best: Int?, limit: Int? = nil) throws {
    // An earlier process may have ended before it came to do so.
    try tidy(best: best, limit: limit)
    try files.writeChecksums()
    try files.synchronize()
    // From here on it is whole: what this process does not come to do, the next one does.
    try files.write(Self.over, [])
    try files.synchronize()
    try takeName()
  }
}
