import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct PrependTests {
  @Test func anEmptyTextStaysEmpty() throws {
    let prepend = try Prepend(JSON.of(#"{"prepend":"▁"}"#))
    #expect(try prepend(Array("a".utf8)) == Array("▁a".utf8))
    #expect(try prepend([]) == [])
  }

  @Test func aLongPrefixIsRefused() throws {
    let prefix = String(repeating: "a", count: 100_000)
    let prepend = try Prepend(JSON.of(#"{"prepend":"\#(prefix)"}"#))
    #expect(throws: FileError.self) { try prepend([0x61]) }
  }

  @Test func textsOfOneBufferShareWhatPrefixesMayAdd() throws {
    let prefix = String(repeating: "p", count: 60_000)
    let prepend = try Prepend(JSON.of(#"{"prepend":"\#(prefix)"}"#))
    var text = TextBuffer()
    Array("t0".utf8).withUnsafeBytes { text.set($0, startsText: true) }
    try prepend(&text)
    Array("t1".utf8).withUnsafeBytes { text.set($0, startsText: false) }
    let error = #expect(throws: FileError.self) { try prepend(&text) }
    #expect(error?.description == TextGrowthTests.message(65_536 + 4 * 32 - 60_002))
  }

  @Test func thePrefixMustBeSaid() {
    #expect(throws: FileError.self) { try Prepend(JSON.of("{}")) }
  }
}
