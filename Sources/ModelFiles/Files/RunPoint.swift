/// A folder inside a run's that holds what the run was at one step.
package struct RunPoint: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// What the run needs to go on; only the newest is kept, and none once the run is over.
    case state = "state/step-"
    /// The weights that evaluated best so far; none once the run is over.
    case best = "state/best-"
    /// A whole model and what the run needs to go on; stays with the run.
    case checkpoint = "checkpoint-"
  }

  package let kind: Kind
  /// The steps that were done.
  package let step: Int

  package init(_ kind: Kind, step: Int) { (self.kind, self.step) = (kind, step) }

  /// Its path in the run's folder.
  package var name: String { kind.rawValue + "\(step)" }

  /// What has exactly this name; `nil` for all others.
  init?(_ name: String) {
    for kind in Kind.allCases where name.hasPrefix(kind.rawValue) {
      guard let step = Int(name.dropFirst(kind.rawValue.count)), step >= 0 else { continue }
      self.init(kind, step: step)
      // `checkpoint-+1` and `checkpoint-01` are nobody's.
      if self.name == name { return }
    }
    return nil
  }

  /// The files without which a run cannot go on from here.
  package static let (tensors, numbers) = ("state.safetensors", "trainer_state.json")

  /// All in a run's folder, the oldest first.
  static func all(in folder: String) throws -> [RunPoint] {
    var names = try folderEntries(folder)
    let states = "\(folder)/\(RunFolder.states)"
    if try isDirectory(states) {
      names += try folderEntries(states).map { "\(RunFolder.states)/\($0)" }
    }
    return names.compactMap { RunPoint($0) }.sorted { $0.step < $1.step }
  }

  /// The newest that a run can go on from.
  static func newest(in folder: String) throws -> RunPoint? {
    try all(in: folder).last { point in
      try point.kind != .best
        && [tensors, numbers].allSatisfy { try fileExists("\(folder)/\(point.name)/\($0)") }
    }
  }
}
