import ModelFiles
import TestSupport
import Testing

@Suite struct GrowingFileTests {
  private func append(_ text: String, to file: GrowingFile) throws {
    try Array(text.utf8).withUnsafeBytes { try file.append($0) }
  }

  @Test func aLaterProcessGoesOnWithWhatIsThere() throws {
    let scratch = try ScratchFolder()
    do {
      let file = try GrowingFile(scratch.file("a.made"))
      try append("headrow1row2ro", to: file)
      #expect(file.count == 14)
    }
    let file = try GrowingFile(scratch.file("a.made"))
    #expect(file.count == 14)
    try file.cut(to: 12)
    try append("row3", to: file)
    try file.finish(as: scratch.file("a"))
    #expect(try scratch.text("a") == "headrow1row2row3" && scratch.names == ["a"])
  }

  @Test func noLinkIsFollowed() throws {
    let scratch = try ScratchFolder()
    try scratch.write("other", "x")
    try scratch.link("a.made", to: scratch.file("other"))
    #expect(throws: FileError.self) { try GrowingFile(scratch.file("a.made")) }
    #expect(try scratch.text("other") == "x")
  }
}
