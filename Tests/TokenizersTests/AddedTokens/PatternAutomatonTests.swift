import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct PatternAutomatonTests {
  /// At each position the longest pattern, tried one by one.
  private func slowly(_ patterns: [[UInt8]], _ text: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var position = 0
    while position < text.count {
      let longest = patterns.filter { text[position...].starts(with: $0) }.map(\.count).max() ?? 0
      if longest > 0 { found.append(position..<position + longest) }
      position += max(longest, 1)
    }
    return found
  }

  @Test func itFindsWhatASlowSearchFinds() throws {
    var samples = Samples(seed: 7)
    func word(_ length: Int) -> [UInt8] {
      (0..<length).map { _ in UInt8(ascii: "a") + UInt8(samples.int(below: 2)) }
    }
    for _ in 0..<500 {
      let patterns = (0..<samples.int(below: 6)).map { _ in word(1 + samples.int(below: 5)) }
      let text = word(samples.int(below: 40))
      let automaton = try PatternAutomaton(patterns)
      let matches = text.withUnsafeBytes { automaton.matches(in: $0) }
      #expect(matches.map(\.range) == slowly(patterns, text))
      #expect(matches.allSatisfy { patterns[$0.pattern] == Array(text[$0.range]) })
    }
  }

  @Test func tooManyBytesAreRefused() {
    let error = #expect(throws: FileError.self) { try PatternAutomaton.check(1 << 24 + 1) }
    #expect(
      error?.description
        == "the added tokens have 16777217 bytes or more, at most 16777216 are supported; check "
        + "`added_tokens`")
  }
}
