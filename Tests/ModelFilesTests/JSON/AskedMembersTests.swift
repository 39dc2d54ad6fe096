import TestSupport
import Testing

@testable import ModelFiles

/// A configuration remembers what was asked of it.
@Suite struct AskedMembersTests {
  private static let text = """
    {"a": 1, "b": {"c": 2, "d": 3}, "e": {"f": 4}, "g": [{"h": 5, "i": 6}, {"j": 7}], "k": null}
    """

  private func document() throws -> (files: ConfigurationFiles, path: String, ScratchFolder) {
    let folder = try ScratchFolder()
    return (ConfigurationFiles(), try folder.write("config.json", Self.text), folder)
  }

  private func unasked(_ json: JSON) -> [String] { json.unasked.map(\.path) }

  @Test func membersThatNobodyAsksForAreLeft() throws {
    let (files, path, folder) = try document()
    defer { _ = folder }
    let json = try files.json(path)
    // An explicit null says nothing.
    #expect(unasked(json) == ["a", "b", "e", "g"])
    _ = try json.int("a")
    _ = try json.object("b").int("c")
    #expect(unasked(json) == ["b.d", "e", "g"])
    // An object of which nothing is asked for was looked at as a whole; so was one that is walked.
    _ = try json.object("e")
    _ = Array(try json.object("b").members)
    #expect(unasked(json) == ["g"])
    _ = try json.array("g")[0]?.int("h")
    #expect(unasked(json) == ["g[0].i"])
    #expect(json.keys == ["a", "b", "e", "g", "k"])
  }

  @Test func membersAreAskedForTogether() throws {
    let folder = try ScratchFolder()
    let text = #"{"a_x": 1, "b": 2, "c_x": 3, "a_x": 4}"#
    let json = try ConfigurationFiles().json(folder.write("config.json", text))
    // Of equal keys the last counts.
    #expect(try json.values { $0.hasSuffix("_x") }.map { try $0.int() } == [4, 3])
    #expect(unasked(json) == ["a_x", "b"])
    let changed = try json.replacing([("b", 5)])
    #expect(unasked(changed) == ["a_x", "b"])
  }

  @Test func aFileIsReadOnce() throws {
    let (files, path, folder) = try document()
    _ = try files.json(path)["a"]
    try folder.write("config.json", "{}")
    let again = try files.json(path.replacing("/config", with: "//config"))
    #expect(unasked(again) == ["b", "e", "g"])
    #expect(files.all.count == 1)
  }

  @Test func replacedMembersCountFromTheFirstTimeOn() throws {
    let (files, path, folder) = try document()
    defer { _ = folder }
    _ = try files.json(path)["a"]
    let changed = try files.json(path, replacing: [("b", 2), ("z", 3)])
    #expect(try changed.int("b") == 2 && changed.int("z") == 3)
    #expect(try files.json(path, replacing: [("b", 5)]).int("b") == 2)
    #expect(unasked(changed) == ["e", "g"])
    let made = try files.json(folder.file("other.json"), replacing: [("y", 1)])
    #expect(unasked(made) == ["y"])
  }

  @Test func otherDocumentsRememberNothing() throws {
    #expect(unasked(try JSON(Array(Self.text.utf8), name: "text")) == [])
  }
}
