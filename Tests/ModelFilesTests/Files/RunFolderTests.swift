import Glibc
import TestSupport
import Testing

@testable import ModelFiles

@Suite struct RunFolderTests {
  private let scratch: ScratchFolder
  private var path: String { scratch.file("run") }

  init() throws { scratch = try ScratchFolder() }

  private func open(resumes: Bool = false, replaces: Bool = false) throws -> RunFolder {
    switch try RunFolder.open(path, resumes: resumes, replaces: replaces) {
    case .run(let folder): return folder
    case .complete: throw FileError("complete")
    }
  }

  /// What a run keeps at a step.
  private func save(
    _ folder: RunFolder, _ kind: RunPoint.Kind, _ step: Int, best: Int? = nil, limit: Int? = nil
  ) throws {
    try folder.save(RunPoint(kind, step: step), best: best, limit: limit) { files in
      try files.write(RunPoint.numbers, Array("{}".utf8))
      try files.writeSafetensors(RunPoint.tensors, [])
    }
  }

  /// A run that came to some steps, as a process that was killed leaves it.
  private func leave(_ points: [(RunPoint.Kind, Int)], replaces: Bool = false) throws {
    let folder = try open(replaces: replaces)
    try folder.write(RunFolder.recipe, [])
    for (kind, step) in points { try save(folder, kind, step, best: 1) }
    folder.isKept = true
  }

  /// A model that is there already.
  private func makeOlder(_ name: String = "run") throws {
    try scratch.write("\(name)/config.json", "older")
  }

  private func finish(_ folder: RunFolder) throws {
    try folder.write(RunFolder.recipe, [])
    try folder.write("1_Pooling/config.json", Array("new".utf8))
    try folder.write("config.json", Array("new".utf8))
    try folder.finish(best: nil)
  }

  private func points() throws -> [String] { try RunPoint.all(in: "\(path).part").map(\.name) }

  @Test func itHasItsNameWhenItIsOver() throws {
    do {
      let folder = try open()
      #expect(folder.start == nil)
      try save(folder, .state, 1)
      try save(folder, .checkpoint, 2)
      try save(folder, .best, 2)
      try save(folder, .state, 3, best: 2)
      #expect(try points() == ["checkpoint-2", "state/best-2", "state/step-3"])
      try finish(folder)
    }
    #expect(try scratch.names == ["run"])
    #expect(
      try folderEntries(path) == ["1_Pooling", "checkpoint-2", "config.json", "recipe.json"])
    #expect(failure { try open(resumes: true) } == "complete")
    #expect(
      failure { try open() }
        == "\(path) is there already; name a new folder, or replace it with --force")
  }

  @Test func aRunThatKeptNothingGoes() throws {
    do {
      let folder = try open()
      try folder.write("data/rows.jsonl", [1])
      try scratch.write("run.part/log.jsonl", "a line")
      folder.note(RunFolder.log)
      // Nothing can go on from it.
      try save(folder, .best, 1)
    }
    #expect(try scratch.names == [])
  }

  @Test func aRunThatKeptItsStateGoesOn() throws {
    try leave([(.state, 1), (.checkpoint, 2), (.best, 1)])
    let folder = try open(resumes: true)
    #expect(folder.start == RunPoint(.checkpoint, step: 2))
    #expect(try folder.best(step: 1) == "\(path).part/state/best-1")
    #expect(try folder.best(step: 2) == nil)
    try finish(folder)
    #expect(try scratch.names == ["run"])
  }

  @Test func anothersRunStays() throws {
    let other = try open()
    try save(other, .state, 1)
    for (resumes, replaces) in [(false, false), (true, false), (false, true), (true, true)] {
      #expect(
        failure { try open(resumes: resumes, replaces: replaces) }
          == "\(path).part: another run is writing it; wait for it or name another output")
    }
    #expect(try points() == ["state/step-1"])
  }

  @Test func aRunThatHasNotEndedIsGivenUpOnlyWhenAsked() throws {
    try leave([(.state, 7)])
    for _ in 0..<2 {
      #expect(
        failure { try open() }
          == "\(path).part: holds a run that has not ended, at step 7; go on with it with --resume, "
          + "start again with --force, or remove it")
    }
    let folder = try open(replaces: true)
    #expect(folder.start == nil)
    #expect(try folderEntries("\(path).part") == ["state"])
  }

  @Test func oneThatKeptNoStateIsNoHindrance() throws {
    try leave([])
    #expect(try open().start == nil)
    try leave([])
    // What was given on standard input may be in it.
    try scratch.write("run.part/data.jsonl", "rows")
    #expect(try open(resumes: true).start == nil)
    #expect(try folderEntries("\(path).part") == ["data.jsonl", "recipe.json", "state"])
  }

  @Test func whatIsHalfWrittenGoes() throws {
    try leave([(.state, 3)])
    let halves = [
      "checkpoint-4.part/model.safetensors", "state/step-5.part/state.safetensors",
      "recipe.json.part", "state/step-5/trainer_state.json",
    ]
    for half in halves { try scratch.write("run.part/\(half)", "half") }
    let folder = try open(resumes: true)
    #expect(folder.start == RunPoint(.state, step: 3))
    #expect(try folderEntries("\(path).part") == ["recipe.json", "state"])
    try save(folder, .state, 5)
    #expect(try points() == ["state/step-5"])
  }

  @Test func whatCannotBeWrittenLeavesTheOlderState() throws {
    let folder = try open()
    try save(folder, .state, 1)
    #expect(
      failure {
        try folder.save(RunPoint(.state, step: 2), best: nil) { files in
          try files.write("half", [1])
          throw FileError("full")
        }
      } == "full")
    #expect(try folderEntries("\(path).part/state") == ["step-1"])
  }

  @Test(
    arguments: [
      (limit: nil, best: nil, [1, 2, 3, 4, 5]), (3, nil, [3, 4, 5]), (2, 1, [1, 5]),
      (1, 1, [1, 5]),
      (1, 5, [5]), (0, nil, [5]), (9, 2, [1, 2, 3, 4, 5]),
    ] as [(limit: Int?, best: Int?, [Int])])
  func theNewestAndTheBestCheckpointsStay(limit: Int?, best: Int?, kept: [Int]) throws {
    let folder = try open()
    for step in 1...5 { try save(folder, .checkpoint, step, best: best, limit: limit) }
    #expect(try points() == kept.map { "checkpoint-\($0)" })
  }

  @Test func aStateOfTheSameStepGivesWay() throws {
    let folder = try open()
    try save(folder, .best, 1)
    try scratch.write("run.part/state/best-1/old", "")
    try save(folder, .best, 1)
    #expect(
      try folderEntries("\(path).part/state/best-1")
        == ["SHA256SUMS", RunPoint.tensors, RunPoint.numbers])
    #expect(try folderEntries("\(path).part/state") == ["best-1"])
  }

  @Test func anOlderModelIsReplacedWhenTheRunIsOver() throws {
    try makeOlder()
    let folder = try open(replaces: true)
    try save(folder, .state, 1)
    #expect(try scratch.text("run/config.json") == "older")
    try finish(folder)
    #expect(try scratch.names == ["run"])
    #expect(try folderEntries(path) == ["1_Pooling", "config.json", "recipe.json"])
  }

  @Test func aRunThatMayReplaceNeedsToBeToldOnce() throws {
    try makeOlder()
    try leave([(.state, 1)], replaces: true)
    try finish(open(resumes: true))
    #expect(try scratch.text("run/config.json") == "new")
    #expect(try scratch.names == ["run"])
  }

  @Test func whatWasMadeMeanwhileIsNotReplaced() throws {
    try makeOlder()
    do {
      let folder = try open(replaces: true)
      // It is kept: the number of what is removed may be given again.
      try #require(rename(path, scratch.file("older")) == 0)
      try makeOlder()
      #expect(
        failure { try finish(folder) }
          == "\(path): was made while this run went on; \(path).part is whole, give it another name"
      )
    }
    #expect(try scratch.text("run/config.json") == "older")
    #expect(
      failure { try open(resumes: true) }
        == "\(path) is there already; name a new folder, or replace it with --force")
    #expect(failure { try open(resumes: true, replaces: true) } == "complete")
    #expect(try scratch.text("run/config.json") == "new")
  }

  @Test func whatIsNoModelIsNotReplaced() throws {
    try scratch.write("run/diary.txt", "mine")
    #expect(
      failure { try open(replaces: true) }
        == "\(path): holds no model, so it is not replaced; name another folder")
    try scratch.remove("run")
    try scratch.write("run", "a file")
    let message = "\(path) is there already and is no folder; name another, or remove it"
    #expect(failure { try open(replaces: true) } == message)
    try makeOlder("other")
    try scratch.link("run", to: scratch.file("other"))
    #expect(failure { try open(replaces: true) } == message)
    #expect(try scratch.text("other/config.json") == "older")
  }

  @Test func whatNoRunWroteStays() throws {
    try scratch.write("run.part/mine.txt", "mine")
    for (resumes, replaces) in [(false, false), (true, false), (false, true)] {
      #expect(
        failure { try open(resumes: resumes, replaces: replaces) }
          == "\(path).part/mine.txt: is no run's, should not be there; remove it, or name another "
          + "folder")
    }
    #expect(try scratch.text("run.part/mine.txt") == "mine")
  }

  @Test(arguments: ["", "/", ".", "..", "a/..", "a\0b", "/nowhere/at/all"])
  func badNamesAreRefused(name: String) {
    #expect(throws: FileError.self) {
      try RunFolder.open(name, resumes: false, replaces: false)
    }
  }

  @Test func theRecipeIsFoundInEitherFolder() throws {
    #expect(try RunFolder.recipe(of: path) == nil)
    try leave([(.state, 1)])
    #expect(try RunFolder.recipe(of: path + "/") == "\(path).part/recipe.json")
    try finish(open(resumes: true))
    #expect(try RunFolder.recipe(of: path) == "\(path)/recipe.json")
  }

  @Test func aRunThatSomebodyNamedGoesOn() throws {
    try leave([(.checkpoint, 4), (.state, 5)])
    try #require(rename("\(path).part", path) == 0)
    #expect(failure { try open() } != nil)
    #expect(try open(resumes: true).start == RunPoint(.state, step: 5))
    #expect(try scratch.names == ["run.part"])
  }
}
