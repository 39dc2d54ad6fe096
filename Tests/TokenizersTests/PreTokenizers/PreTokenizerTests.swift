import ModelFiles
import Testing

@testable import Tokenizers

/// What is to be seen of each pre-tokenizer without ids; the recorded tokenizers show the rest.
@Suite struct PreTokenizerTests {
  private func words(_ json: String, _ text: String) throws -> [String] {
    try PreTokenizers.make(JSON.of(json)).words(of: text)
  }

  @Test(arguments: [
    (#"{"type":"Whitespace"}"#, " a_1, b\u{301}!? ", ["a_1", ",", "b\u{301}", "!?"]),
    (#"{"type":"WhitespaceSplit"}"#, " a,\u{3000}b ", ["a,", "b"]),
    (#"{"type":"Punctuation"}"#, "a.,b", ["a", ".", ",", "b"]),
    (#"{"type":"Punctuation","behavior":"Contiguous"}"#, "a.,b", ["a", ".,", "b"]),
    (#"{"type":"Digits","individual_digits":true}"#, "a12½", ["a", "1", "2", "½"]),
    (#"{"type":"Digits","individual_digits":false}"#, "a12½b", ["a", "12½", "b"]),
    (#"{"type":"CharDelimiterSplit","delimiter":"é"}"#, "aébéé", ["a", "b"]),
    (#"{"type":"UnicodeScripts"}"#, " a カナ漢字 б", ["a ", "カナ漢字 ", "б"]),
    (#"{"type":"FixedLength"}"#, "éééééé", ["ééééé", "é"]),
    (#"{"type":"FixedLength","length":2}"#, "abc", ["ab", "c"]),
    (
      #"{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true}"#, "a   b \n c  ",
      ["Ġa", "ĠĠ", "Ġb", "ĠĊ", "Ġc", "ĠĠ"]
    ),
    (
      #"{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":false}"#,
      " é\u{7F}", ["ĠÃ©ġ"]
    ),
  ])
  func theWords(json: String, text: String, expected: [String]) throws {
    #expect(try words(json, text) == expected)
  }

  @Test(arguments: [
    #"{"type":"FixedLength","length":0}"#, #"{"type":"FixedLength","length":-1}"#,
    #"{"type":"Digits"}"#, #"{"type":"CharDelimiterSplit"}"#,
    #"{"type":"CharDelimiterSplit","delimiter":""}"#,
    #"{"type":"CharDelimiterSplit","delimiter":"ab"}"#, #"{"type":"ByteLevel"}"#,
    #"{"type":"ByteLevel","add_prefix_space":true}"#, #"{"type":"Split"}"#,
    #"{"type":"Split","pattern":"a","behavior":"Isolated","invert":false}"#,
    #"{"type":"Split","pattern":{"String":"a"},"behavior":"Isolated"}"#,
    #"{"type":"Punctuation","behavior":"Isolate"}"#,
  ])
  func aBadFileIsRefused(json: String) {
    #expect(throws: FileError.self) { try words(json, "a") }
  }

  @Test func aTextThatGrowsWithoutEndIsRefused() {
    let part =
      #"{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}"#
    let parts = [String](repeating: part, count: 40).joined(separator: ",")
    let error = #expect(throws: FileError.self) {
      try words(#"{"type":"Sequence","pretokenizers":[\#(parts)]}"#, "é")
    }
    #expect(error?.description == TextGrowthTests.message(65_536 + 2 * 32))
  }

  @Test func theByteLevelAlphabetIsGPT2s() throws {
    var output: [UInt8] = []
    [UInt8](0...255).withUnsafeBytes { ByteAlphabet.standard.append($0, to: &output) }
    let scalars = String(decoding: output, as: UTF8.self).unicodeScalars.map(\.value)
    #expect(Set(scalars).count == 256)
    #expect(scalars[0] == 0x100)
    #expect(scalars[10] == 0x10A)
    #expect(scalars[32] == 0x120)
    #expect(scalars[65] == 65)
    #expect(scalars[127] == 0x121)
    #expect(scalars[0xAD] == 0x143)
    #expect(scalars[255] == 255)
  }
}
