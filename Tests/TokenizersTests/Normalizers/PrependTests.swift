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

  @Test func thePrefixMustBeSaid() {
    #expect(throws: FileError.self) { try Prepend(JSON.of("{}")) }
  }
}
