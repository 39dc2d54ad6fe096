import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct MetaspaceTests {
  private func words(
    _ text: String, _ options: String, startsText: Bool = true
  ) throws -> [String] {
    let metaspace = try Metaspace(JSON.of(#"{"replacement":"▁"\#(options)}"#))
    var preTokens = PreTokenizedText()
    Array(text.utf8).withUnsafeBytes { preTokens.text.set($0, startsText: startsText) }
    preTokens.begin { bytes, startsText, list in
      list = bytes.isEmpty ? [] : [PreToken(range: 0..<bytes.count, startsText: startsText)]
    }
    metaspace(&preTokens)
    return preTokens.list.map { String(decoding: preTokens.text.bytes[$0.range], as: UTF8.self) }
  }

  @Test(arguments: [
    ("", []), ("a", ["▁a"]), ("a b  c ", ["▁a", "▁b", "▁", "▁c", "▁"]), (" a", ["▁a"]),
    ("▁a", ["▁a"]), ("  ", ["▁", "▁"]), ("a\tb\u{A0}c", ["▁a\tb\u{A0}c"]), ("▁▁", ["▁", "▁"]),
    ("a▂b", ["▁a▂b"]),
  ])
  func aSpaceBeginsAWord(text: String, expected: [String]) throws {
    #expect(try words(text, "") == expected)
    #expect(try words(text, #","prepend_scheme":"first","add_prefix_space":null"#) == expected)
  }

  @Test func onlyTheFirstPieceGetsASpace() throws {
    let first = #","prepend_scheme":"first""#
    #expect(try words("a b", first, startsText: false) == ["a", "▁b"])
    #expect(try words("a b", "", startsText: false) == ["▁a", "▁b"])
    #expect(
      try words("a b", #","prepend_scheme":"never","add_prefix_space":false"#) == ["a", "▁b"])
  }

  @Test func itNeedNotSplit() throws {
    #expect(try words("a b ", #","split":false,"str_rep":3"#) == ["▁a▁b▁"])
  }

  @Test func theReplacementCanBeASpace() throws {
    let metaspace = try Metaspace(JSON.of(#"{"replacement":" "}"#))
    #expect(metaspace.description == "Metaspace: ` ` for spaces, in front: always")
  }

  @Test(arguments: [
    "{}", #"{"replacement":""}"#, #"{"replacement":"ab"}"#, #"{"replacement":1}"#,
    #"{"replacement":"▁","prepend_scheme":"last"}"#, #"{"replacement":"▁","prepend_scheme":null}"#,
    #"{"replacement":"▁","add_prefix_space":false}"#, #"{"replacement":"▁","split":"yes"}"#,
  ])
  func whatIsWrongIsRefused(json: String) {
    #expect(throws: FileError.self) { try Metaspace(JSON.of(json)) }
  }
}
