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

  @Test func itFindsWhatASlowSearchFinds() {
    var generator = Numbers()
    for _ in 0..<500 {
      let patterns = (0..<generator.next(6)).map { _ in generator.word(1 + generator.next(5)) }
      let text = generator.word(generator.next(40))
      let automaton = PatternAutomaton(patterns)
      let matches = text.withUnsafeBytes { automaton.matches(in: $0) }
      #expect(matches.map(\.range) == slowly(patterns, text))
      #expect(matches.allSatisfy { patterns[$0.pattern] == Array(text[$0.range]) })
    }
  }

  /// Numbers that look random and are the same each time.
  private struct Numbers {
    var state: UInt64 = 7

    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }

    mutating func word(_ length: Int) -> [UInt8] {
      (0..<length).map { _ in UInt8(ascii: "a") + UInt8(next(2)) }
    }
  }
}
