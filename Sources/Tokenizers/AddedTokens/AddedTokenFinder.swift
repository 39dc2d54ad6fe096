/// Splits text at the added tokens that are in it.
struct AddedTokenFinder: Sendable {
  private let automaton: PatternAutomaton
  private let tokens: [(id: Int32, token: AddedToken)]
  private let traits = ScalarTraits.table

  /// Of tokens with the same pattern the first, which has the smallest id, is found. (In the
  /// reference it is random which.)
  init(_ tokens: [(id: Int32, token: AddedToken, pattern: [UInt8])]) throws {
    let tokens = tokens.filter { !$0.pattern.isEmpty }
    self.tokens = tokens.map { ($0.id, $0.token) }
    automaton = try PatternAutomaton(tokens.map(\.pattern))
  }

  /// Adds to `preTokens` what `text` falls into. As in the reference, a match that is refused is
  /// not looked into again, and white space that a token took can still be another token.
  func split(_ text: UnsafeRawBufferPointer, startsText: Bool, into preTokens: inout [PreToken]) {
    func append(_ range: Range<Int>, _ token: Int32?) {
      guard !range.isEmpty else { return }
      preTokens.append(
        PreToken(range: range, startsText: startsText && range.lowerBound == 0, token: token))
    }
    guard !tokens.isEmpty else { return append(0..<text.count, nil) }
    var end = 0
    // White space is known to reach to here from the end of a match before.
    var spaceEnd = 0
    for (match, pattern) in automaton.matches(in: text) {
      let (id, token) = tokens[pattern]
      if token.singleWord, !isWord(match, in: text) { continue }
      var start = match.lowerBound
      var stop = match.upperBound
      if token.leftStrip { start = max(text.start(before: start, from: end, while: isSpace), end) }
      if token.rightStrip {
        spaceEnd = text.end(from: max(stop, spaceEnd), while: isSpace)
        stop = spaceEnd
      }
      if end < start { append(end..<start, nil) }
      // A token whose white space belongs to the token before is dropped.
      if start < stop { append(start..<stop, id) }
      end = stop
    }
    append(end..<text.count, nil)
  }

  /// Whether no word character is beside `range`.
  private func isWord(_ range: Range<Int>, in text: UnsafeRawBufferPointer) -> Bool {
    (range.lowerBound == 0 || !traits[text.scalar(before: range.lowerBound).value].contains(.word))
      && (range.upperBound == text.count
        || !traits[text.scalar(at: range.upperBound).value].contains(.word))
  }

  private func isSpace(_ scalar: UInt32) -> Bool { traits[scalar].contains(.whitespace) }
}
