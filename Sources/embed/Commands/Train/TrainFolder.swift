import ModelFiles
import Training

/// The folder that `embed train` writes: begins, goes on and is interrupted as its options say.
struct TrainFolder {
  let folder: RunFolder
  /// As the user named it.
  let output: String
  let resumes: Bool

  /// - Returns: `nil` where the run that should go on is over, which is said
  init?(_ output: String, resumes: Bool, replaces: Bool, _ messages: Messages) throws {
    (self.output, self.resumes) = (output, resumes)
    switch try RunFolder.open(output, resumes: resumes, replaces: replaces) {
    case .run(let folder): self.folder = folder
    case .complete:
      messages.note("\(output) is complete, there is nothing to go on with")
      return nil
    }
  }

  /// The recipe of the run that is to go on, where the command line does not say what to train.
  static func recipe(resuming output: String) throws -> String {
    if let recipe = try RunFolder.recipe(of: output) { return recipe }
    throw FileError(
      "\(output): no run to go on with, neither there nor in \(PartialName(output).part); give the "
        + "options that it is to begin with")
  }

  /// What the run goes on from; `nil` where it begins.
  /// - Throws: where that is damaged, or was begun with other data or options
  func saved(_ check: ResumeCheck) throws -> SavedRun? {
    guard let start = folder.start else { return nil }
    let saved = try SavedRun(start, in: folder.file(start.name)) { Interrupt.requested }
    try check.check(saved, in: folder.part)
    return saved
  }

  /// What to say when the run was asked to stop, and its state is kept.
  func interrupted(at step: Int, of steps: Int) -> String {
    "interrupted at step \(step) of \(steps); go on with: embed train --resume --output "
      + Self.word(output)
  }

  /// A name as a shell takes it for one word.
  static func word(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "_-./+,:@%".utf8.contains(byte) || byte >= 0x80
      }
    }
    return isPlain ? name : "'" + name.replacing("'", with: "'\\''") + "'"
  }
}

/// When a state is written that only `--resume` reads: about once a minute, less often where that
/// takes long.
struct StatePace {
  private var last: ContinuousClock.Instant
  private var took = Duration.zero
  private let interval: Duration

  init(interval: Duration = .seconds(60), now: ContinuousClock.Instant = .now) {
    (self.interval, last) = (interval, now)
  }

  /// At most one part in twenty of the time goes into states.
  func isDue(_ now: ContinuousClock.Instant = .now) -> Bool {
    last.duration(to: now) >= max(interval, took * 20)
  }

  /// Takes note of a state that was written, of whatever kind.
  mutating func wrote(since start: ContinuousClock.Instant, now: ContinuousClock.Instant = .now) {
    (took, last) = (start.duration(to: now), now)
  }
}
