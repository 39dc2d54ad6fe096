import ModelFiles

/// Lower case of all but some tokens, scalar by scalar: what transformers' Python tokenizers do
/// that have `do_lower_case`, before they look for added tokens.
struct GuardedLowercase: Normalizer {
  private let tokens: PatternAutomaton
  private let mapping = ScalarMapping.pythonLowercase

  /// Guards no token.
  init(_ json: JSON) { self.init([]) }

  /// - Parameter tokens: of those that begin at the same position the first in this order counts.
  init(_ tokens: [[UInt8]]) {
    self.tokens = PatternAutomaton(Self.reachable(tokens))
  }

  /// Python's `|` takes the first: what goes on from one before is never found. Of those that are
  /// left none is the beginning of one behind it, so that the longest is the first.
  private static func reachable(_ tokens: [[UInt8]]) -> [[UInt8]] {
    let sorted = tokens.enumerated().filter { !$0.element.isEmpty }.sorted {
      $0.element.lexicographicallyPrecedes($1.element)
    }
    // The beginnings of the token at hand, the longest last, and the first index of each and those
    // before it.
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
