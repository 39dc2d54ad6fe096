import Glibc
import TestSupport
import Testing

@testable import ModelFiles

@Suite struct NewFolderTests {
  private let scratch: ScratchFolder
  private var path: String { scratch.file("made") }

  init() throws { scratch = try ScratchFolder() }

  @Test func itHasItsNameWhenItIsWhole() throws {
    let folder = try NewFolder(path + "/")
    try folder.write("a/b/c.txt", Array("abc".utf8))
    #expect(try scratch.names == ["made.part"])
    try folder.finish()
    #expect(try scratch.names == ["made"])
    #expect(try readFile("\(path)/a/b/c.txt", limit: 10) == Array("abc".utf8))
  }

  @Test func withoutBeingFinishedItGoes() throws {
    do {
      let folder = try NewFolder(path)
      try folder.write("a/b.txt", [1])
    }
    #expect(try scratch.names == [])
  }

  @Test func anothersPartStays() throws {
    let other = try NewFolder(path)
    try other.write("mine.txt", [1])
    for _ in 0..<2 {
      let error = #expect(throws: FileError.self) { try NewFolder(path) }
      #expect(
        error?.description
          == "\(path).part: another run is writing it; wait for it or name another output")
      #expect(try folderEntries("\(path).part") == ["mine.txt"])
    }
    try other.finish()
    #expect(throws: FileError.self) { try NewFolder(path) }
    #expect(try folderEntries(path) == ["mine.txt"])
  }

  /// A part as a process that was killed leaves it.
  private func leavePart(_ files: [String]) throws {
    for file in files { try scratch.write("made.part/\(file)", "left") }
  }

  @Test func whatAKilledRunLeftIsTakenOver() throws {
    try leavePart(["a/b.txt", "c.txt"])
    try #require(mkdir("\(path).part/empty", 0o777) == 0)
    let folder = try NewFolder(path)
    try folder.write("a/b.txt", Array("new".utf8))
    try folder.write("c.txt", Array("new".utf8))
    try folder.finish()
    #expect(try scratch.names == ["made"])
    #expect(try folderEntries(path) == ["a", "c.txt"])
    #expect(try scratch.text("made/a/b.txt") == "new")
    #expect(try scratch.text("made/c.txt") == "new")
  }

  @Test func whatNoNewFileReplacesIsNamedAndStays() throws {
    try leavePart(["mine.txt"])
    do {
      let folder = try NewFolder(path)
      try folder.write("a.txt", [1])
      #expect(
        failure { try folder.finish() }
          == "\(path).part/mine.txt: another run left it, and this one has no file of that name; "
          + "remove \(path).part")
    }
    #expect(try scratch.names == ["made.part"])
    #expect(try folderEntries("\(path).part") == ["mine.txt"])
  }

  @Test func aLinkInWhatWasLeftIsNamed() throws {
    try scratch.write("victim", "precious")
    try leavePart(["a.txt"])
    try scratch.link("made.part/b.txt", to: scratch.file("victim"))
    let message = "\(path).part/b.txt: is no file that embed made, should not be there; remove it"
    #expect(failure { try NewFolder(path) } == message)
    try scratch.remove("made.part/b.txt")
    try #require(link(scratch.file("victim"), "\(path).part/b.txt") == 0)
    #expect(failure { try NewFolder(path) } == message)
    #expect(try scratch.text("victim") == "precious")
  }

  @Test func aPartThatIsALinkIsNotFollowed() throws {
    try scratch.write("elsewhere/mine.txt", "mine")
    try scratch.link("made.part", to: scratch.file("elsewhere"))
    #expect(
      failure { try NewFolder(path) }
        == "\(path).part: is a link or a file, should be a folder; remove it")
    #expect(try scratch.text("elsewhere/mine.txt") == "mine")
  }

  @Test func whatIsWholeStaysWhereItsNameIsTaken() throws {
    do {
      let folder = try NewFolder(path)
      try folder.write("a.txt", [1])
      try scratch.write("made/others.txt", "others")
      #expect(
        failure { try folder.finish() }
          == "\(path).part: cannot be renamed to \(path): Directory not empty; it is whole, rename "
          + "it yourself")
    }
    #expect(try folderEntries("\(path).part") == ["a.txt"])
    #expect(try folderEntries(path) == ["others.txt"])
  }

  @Test func anInterruptEndsAWrite() throws {
    do {
      let folder = try NewFolder(path) { true }
      #expect(throws: CancellationError.self) { try folder.write("a.txt", [1]) }
    }
    #expect(try scratch.names == [])
  }

  @Test func aFolderThatCannotBeReadIsAnError() throws {
    #expect(
      failure { try folderEntries(path) }
        == "\(path): cannot be read as a folder: No such file or directory")
    try scratch.write("file", "")
    #expect(
      failure { try folderEntries(scratch.file("file")) }
        == "\(scratch.file("file")): cannot be read as a folder: Not a directory")
    let name: [CChar] = Array("\(scratch.path)/".utf8CString.dropLast()) + [-1, 0]
    let descriptor = open(name, O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0)
    close(descriptor)
    #expect(
      failure { try folderEntries(scratch.path) }
        == "\(scratch.path): cannot be read as a folder: it has a name that is not UTF-8; rename "
        + "that file")
    unlink(name)
  }

  @Test(arguments: ["", "a\0b", "/nowhere/at/all/made"])
  func badNamesAreRefused(name: String) {
    #expect(throws: FileError.self) { try NewFolder(name) }
  }
}
