import ModelFiles

/// Lowercases everything except some tokens, scalar by scalar, as transformers' Python tokenizers
/// with `do_lower_case` do before they look for added tokens.
struct GuardedLowercase: Normalizer {
  private let tokens: PatternAutomaton
  private let mapping = ScalarMapping.pythonLowercase

  /// Guards no token.
  init(_ json: JSON) throws { try self.init([]) }

  /// - Parameter tokens: where several match at a position, the first in this order wins.
  init(_ tokens: [[UInt8]]) throws {
    self.tokens = try PatternAutomaton(Self.reachable(tokens))
  }

  /// Python's `|` takes the first alternative, so a token is never found if an earlier one is its
  /// prefix. No remaining token is a prefix of a later one, so the longest match is the first.
  private static func reachable(_ tokens: [[UInt8]]) -> [[UInt8]] {
    let sorted = tokens.enumerated().filter { !$0.element.isEmpty }.sorted {
      $0.element.lexicographicallyPrecedes($1.element)
    }
    // The prefixes of the current token, longest last, each with the lowest index among it and the
    // shorter ones.
    var beginnings: [(token: [UInt8], index: Int)] = []
    return sorted.filter { index, token in
      while let last = beginnings.last, !token.starts(with: last.token) { beginnings.removeLast() }
      let first = beginnings.last?.index ?? Int.max
      beginnings.append((token, min(first, index)))
      return index < first
    }.map(\.element)
  }

  var description: String { "lower case except in special tokens" }

  func callAsFunction(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      var position = 0
      for match in tokens.matches(in: source) {
        lower(source, position..<match.range.lowerBound, &output)
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[match.range]))
        position = match.range.upperBound
      }
      lower(source, position..<source.count, &output)
    }
  }

  private func lower(
    _ source: UnsafeRawBufferPointer, _ range: Range<Int>, _ output: inout [UInt8]
  ) {
    for (scalar, _) in UnsafeRawBufferPointer(rebasing: source[range]).scalars() {
      mapping.appendLowercase(scalar, to: &output)
    }
  }
}
