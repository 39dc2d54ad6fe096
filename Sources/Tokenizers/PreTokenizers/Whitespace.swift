package import ModelFiles

/// Runs of word characters, and runs of what is neither that nor white space: `\w+|[^\w\s]+`.
package struct Whitespace: PreTokenizer {
  private let traits = ScalarTraits.table

  package init(_ json: JSON) {}

  package var description: String { "Whitespace: runs of word characters and of other characters" }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split { bytes, words in
      var start = 0
      var kind: ScalarTraits = .whitespace
      for (scalar, range) in bytes.scalars() {
        // No scalar is both.
        let next = traits[scalar].intersection([.word, .whitespace])
        if next != kind {
          if kind != .whitespace { words.append(start..<range.lowerBound) }
          start = range.lowerBound
          kind = next
        }
      }
      if kind != .whitespace { words.append(start..<bytes.count) }
    }
  }
}
