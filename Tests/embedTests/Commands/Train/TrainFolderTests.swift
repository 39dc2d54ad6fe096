import ModelFiles
import TestSupport
import Testing
import Training

@testable import embed

@Suite struct TrainFolderTests {
  private let scratch: ScratchFolder
  private var path: String { scratch.file("it's mine") }

  init() throws { scratch = try ScratchFolder() }

  private func begin(resumes: Bool = false) throws -> TrainFolder {
    try #require(
      try TrainFolder(path, resumes: resumes, replaces: false, Messages(isQuiet: true)))
  }

  private func check(_ change: (inout TrainingOptions) -> Void = { _ in }) throws -> ResumeCheck {
    var options = TrainingOptions()
    change(&options)
    return try ResumeCheck(
      model: Fixture.tinyBERT, [], options, others: [("--precision", "f32"), ("--max-length", nil)])
  }

  private func save(_ run: TrainFolder, step: Int) throws {
    var state = RunState(fingerprint: try check().fingerprint)
    state.step = step
    let plan = TrainerPlan(
      steps: 9, epochs: 1, batchesPerEpoch: 9, batchSize: 4, evalSteps: 0, saveSteps: 0)
    try run.folder.write(RunFolder.recipe, Array("{}".utf8))
    try run.folder.save(RunPoint(.state, step: step), best: nil) { folder in
      try SavedRun.write(TrainingState(), state.json(plan, log: TrainingLog()), to: folder)
    }
  }

  @Test func aRunGoesOnWithItsOwnOptionsAlone() throws {
    do {
      let run = try begin()
      #expect(try run.saved(check())?.state == nil)
      try save(run, step: 3)
    }
    let run = try begin(resumes: true)
    #expect(try run.saved(check())?.state.step == 3)
    let error = #expect(throws: FileError.self) { try run.saved(check { $0.seed = 7 }) }
    #expect(
      error?.description
        == "\(path).part: the run was begun otherwise: --seed was 42, is 7 now; give what it had, or "
        + "start again with --force")
    #expect(try TrainFolder.recipe(resuming: path) == "\(path).part/recipe.json")
  }

  @Test func aRunThatIsOverIsNotBegunAgain() throws {
    let run = try begin()
    try run.folder.write(RunFolder.recipe, Array("{}".utf8))
    try run.folder.finish(best: nil)
    let again = try TrainFolder(path, resumes: true, replaces: false, Messages(isQuiet: true))
    #expect(again?.folder.path == nil)
  }

  @Test func withoutARunThereIsNoRecipe() {
    let error = #expect(throws: FileError.self) { try TrainFolder.recipe(resuming: path) }
    #expect(
      error?.description
        == "\(path): no run to go on with, neither there nor in \(path).part; give the options that "
        + "it is to begin with")
  }

  @Test func whatAnInterruptSaysCanBeTyped() throws {
    #expect(
      try begin().interrupted(at: 120, of: 360)
        == "interrupted at step 120 of 360; go on with: embed train --resume --output "
        + "'\(scratch.path)/it'\\''s mine'")
    let plain = try TrainFolder(
      scratch.file("my-model"), resumes: false, replaces: false, Messages(isQuiet: true))
    #expect(plain?.interrupted(at: 1, of: 2).hasSuffix(" \(scratch.path)/my-model") == true)
  }

  @Test func statesAreWrittenAboutOnceAMinute() {
    let start = ContinuousClock.now
    var pace = StatePace(now: start)
    #expect(!pace.isDue(start + .seconds(59)))
    #expect(pace.isDue(start + .seconds(60)))
    pace.wrote(since: start + .seconds(60), now: start + .seconds(70))
    // Ten seconds are a twentieth of two hundred.
    #expect(!pace.isDue(start + .seconds(269)))
    #expect(pace.isDue(start + .seconds(270)))
  }
}
