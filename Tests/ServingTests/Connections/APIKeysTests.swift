import ModelFiles
import NIOHTTP1
import TestSupport
import Testing

@testable import Serving

@Suite struct APIKeysTests {
  private func keys(_ text: String) throws -> APIKeys {
    let folder = try ScratchFolder()
    var options = ServeOptions()
    options.keyFile = try folder.write("keys", Array(text.utf8))
    return try APIKeys(options)
  }

  @Test func aFileHasAKeyOnEachLine() throws {
    let keys = try keys("\u{FEFF}# ours\n\n  one  \r\ntwo words\n#three\n")
    for key in ["one", "two words"] { #expect(keys.admit(["x-api-key": key])) }
    for key in ["#three", "three", "two", "ours", ""] { #expect(!keys.admit(["x-api-key": key])) }
  }

  @Test func aFileWithoutKeysOpensNothing() {
    for text in ["", "\n\n", "# one\n"] { #expect(throws: FileError.self) { try keys(text) } }
  }

  @Test func anEmptyKeyIsNone() {
    var options = ServeOptions()
    options.keys = ["one", " "]
    #expect(throws: FileError.self) { try APIKeys(options) }
  }
}
