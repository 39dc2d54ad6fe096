/// Splits words that NLTK's tokenizer counts as two: `cannot`, `gonna`, `'tis`.
struct TreebankContractions: Sendable {
  private let traits = PhraseTraits.table

  /// What must precede and follow the contraction.
  private enum Context {
    case wordEnds
    /// White space must follow; the end of a word is not enough.
    case beforeSpace
    /// A space must precede, and is part of the match.
    case afterSpace
  }

  private static let known: [(String, String, Context)] = [
    ("can", "not", .wordEnds), ("d", "'ye", .wordEnds), ("gim", "me", .wordEnds),
    ("gon", "na", .wordEnds), ("got", "ta", .wordEnds), ("lem", "me", .wordEnds),
    ("more", "'n", .wordEnds), ("wan", "na", .beforeSpace), ("'t", "is", .afterSpace),
    ("'t", "was", .afterSpace),
  ]

  func callAsFunction(_ text: inout TextBuffer) {
    for (first, second, context) in Self.known { split(&text, first, second, context) }
  }

  /// Puts spaces before, between and after the two parts.
  private func split(
    _ text: inout TextBuffer, _ first: String, _ second: String, _ context: Context
  ) {
    text.rewrite { source, output in
      var done = 0
      var position = 0
      while position < source.count {
        let start = context == .afterSpace ? position + 1 : position
        guard begins(source, position, context),
          let middle = source.foldedEnd(of: first, at: start),
          let end = source.foldedEnd(of: second, at: middle), ends(source, end, context)
        else {
          position += 1
          continue
        }
        output.append(contentsOf: source[done..<position])
        output.append(0x20)
        output.append(contentsOf: source[start..<middle])
        output.append(0x20)
        output.append(contentsOf: source[middle..<end])
        output.append(0x20)
        done = end
        position = end
      }
      output.append(contentsOf: source[done...])
    }
  }

  private func begins(
    _ source: UnsafeRawBufferPointer, _ position: Int, _ context: Context
  ) -> Bool {
    if context == .afterSpace { return source[position] == 0x20 }
    // No word begins inside a scalar; looking for its letters there would fail as well.
    guard position > 0, source[position] & 0xC0 != 0x80 else { return position == 0 }
    return !traits[source.scalar(before: position).value].contains(.pythonWord)
  }

  private func ends(
    _ source: UnsafeRawBufferPointer, _ position: Int, _ context: Context
  ) -> Bool {
    guard position < source.count else { return context != .beforeSpace }
    let next = source.scalar(at: position).value
    return context == .beforeSpace
      ? isPythonSpace(next) : !traits[next].contains(.pythonWord)
  }
}
