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

  @Test(arguments: ["", "a\0b", "/nowhere/at/all/made"])
  func badNamesAreRefused(name: String) {
    #expect(throws: FileError.self) { try NewFolder(name) }
  }
}
