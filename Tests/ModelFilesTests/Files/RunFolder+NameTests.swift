import Glibc
import TestSupport
import Testing

@testable import ModelFiles

/// The last act of a run that replaces an older model.
@Suite struct RunFolderNameTests {
  private let scratch: ScratchFolder
  private var path: String { scratch.file("run") }

  init() throws { scratch = try ScratchFolder() }

  private func open(resumes: Bool = false, replaces: Bool = false) throws -> RunFolder {
    switch try RunFolder.open(path, resumes: resumes, replaces: replaces) {
    case .run(let folder): return folder
    case .complete: throw FileError("complete")
    }
  }

  /// The run as it is at the steps of its last act, each made by what comes before it.
  private func reach(_ place: EndingPlace) throws {
    try scratch.write("run/config.json", "older")
    do {
      let folder = try open(replaces: true)
      try folder.write(RunFolder.recipe, [])
      folder.isKept = true
    }
    try scratch.write("run.part/state/step-1/state.safetensors", "new")
    for name in ["config.json", "state/over"] { try scratch.write("run.part/\(name)", "new") }
    switch place {
    case .over: break
    case .withoutStates: try scratch.remove("run.part/state/step-1")
    case .exchanged: try #require(cpExchange("\(path).part", path))
    case .replacedInPart:
      try #require(cpExchange("\(path).part", path))
      try scratch.write("run.part/more", "older")
      try scratch.remove("run.part/config.json")
    case .aside: try #require(rename(path, path + ".replaced") == 0)
    case .asideAndNamed:
      try #require(rename(path, path + ".replaced") == 0)
      try #require(rename("\(path).part", path) == 0)
    case .replacedGone:
      try scratch.remove("run")
      try #require(rename("\(path).part", path) == 0)
    case .markGone:
      try scratch.remove("run")
      try #require(rename("\(path).part", path) == 0)
      for name in ["step-1", "replaced"] { try scratch.remove("run/state/\(name)") }
    case .overGone:
      try scratch.remove("run")
      try #require(rename("\(path).part", path) == 0)
      for name in ["step-1", "replaced", "over"] { try scratch.remove("run/state/\(name)") }
    }
  }

  private func cpExchange(_ one: String, _ other: String) -> Bool {
    guard let aside = try? replaceFolder(other, by: one, aside: other + ".aside") else {
      return false
    }
    return aside == one || rename(aside, one) == 0
  }

  enum EndingPlace: CaseIterable {
    case over, withoutStates, exchanged, replacedInPart, aside, asideAndNamed, replacedGone
    case markGone, overGone
  }

  @Test(arguments: EndingPlace.allCases, [false, true])
  func aRunThatWasKilledAtItsEndIsEnded(_ place: EndingPlace, resumes: Bool) throws {
    try reach(place)
    let message = failure { try open(resumes: resumes) }
    #expect(
      message
        == (resumes
          ? "complete" : "\(path) is there already; name a new folder, or replace it with --force"))
    #expect(try scratch.names == ["run"])
    #expect(try folderEntries(path) == ["config.json", "recipe.json"])
    #expect(try scratch.text("run/config.json") == "new")
  }
}
