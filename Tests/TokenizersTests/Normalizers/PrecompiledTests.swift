import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct PrecompiledTests {
  /// The rules of the recorded tokenizer.
  private func precompiled() throws -> Precompiled {
    let recorded = RecordedTokenizer.all.first { $0.name == "precompiled" }
    return try Precompiled(#require(recorded).json().value("normalizer"))
  }

  @Test(arguments: [
    ("\r\n", " "), ("Ａ\u{301}x", "Ax"), ("ﬁ\u{301}", "fi"), ("½\u{338}", "1⁄2"),
    ("\u{1E9B}\u{323}", "\u{1E61}"), ("e\u{301}", "é"), ("か\u{3099}", "か\u{3099}"),
    ("\u{600}１", "\u{600}1"), ("Ａ\u{200D}B", "A B"), ("\u{2581}a", " a"), ("\u{85}x", "\u{85}x"),
    ("\u{7F}a", "a"), ("\0a", "\0a"), ("ｶﾞ", "カ\u{3099}"), ("", ""),
    // A cluster of six bytes is taken scalar by scalar.
    ("Ａ\u{301}\u{301}", "A\u{301}\u{301}"),
  ])
  func aRuleReplacesAWholeCluster(text: String, expected: String) throws {
    let result = try precompiled()(Array(text.utf8))
    #expect(result == Array(expected.utf8), "\(String(decoding: result, as: UTF8.self))")
  }

  @Test func whatFollowsAVanishedStartBeginsTheText() throws {
    var text = TextBuffer()
    Array("\u{7F}½x".utf8).withUnsafeBytes { text.set($0, startsText: true) }
    try precompiled()(&text)
    #expect(text.bytes == Array("1⁄2x".utf8))
    #expect(text.startCount == 5)
  }

  @Test func aClusterOfLongReplacementsIsRefused() throws {
    // U+0301, CC 81 in UTF-8, becomes 20 000 letters.
    var units = [UInt32](repeating: 0, count: 1_024)
    units[0] = 256 << 10
    units[460] = 972 << 10 | 0xCC
    units[641] = 129 << 10 | 0x181
    let numbers = [4_096] + units
    let blob = numbers.flatMap { number in (0..<4).map { UInt8(number >> ($0 * 8) & 255) } }
    let rules = base64Encoded(blob + [UInt8](repeating: 0x62, count: 20_000))
    let precompiled = try Precompiled(JSON.of(#"{"precompiled_charsmap":"\#(rules)"}"#))
    #expect(try precompiled(Array("a\u{301}".utf8)).count == 20_001)
    let error = #expect(throws: FileError.self) {
      try precompiled(Array("a\u{301}\u{301}\u{301}\u{301}".utf8))
    }
    #expect(error?.description == TextGrowthTests.message(65_536 + 9 * 32))
  }

  @Test(.timeLimit(.minutes(5)), arguments: ["\u{301}", "\r\n", "Ａ", "👨\u{200D}", "🇫", "क\u{94D}"])
  func longTextsTakeLinearTime(part: String) throws {
    let text = "a" + String(repeating: part, count: 250_000)
    #expect(try precompiled()(Array(text.utf8)).count > 200_000)
  }

  @Test func everyByteSequenceIsSurvived() throws {
    let precompiled = try precompiled()
    for bytes in Samples.hostileTexts() { _ = try precompiled(bytes) }
  }

  @Test(arguments: ["{}", #"{"precompiled_charsmap":null}"#, #"{"precompiled_charsmap":"AAAA"}"#])
  func whatIsNoCharsmapIsRefused(json: String) {
    #expect(throws: FileError.self) { try Precompiled(JSON.of(json)) }
  }
}
