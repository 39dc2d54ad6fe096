package import ModelFiles

/// Runs of word characters, and runs of what is neither that nor white space: `\w+|[^\w\s]+`.
package struct Whitespace: PreTokenizer {
  private let traits = ScalarTraitsTable.measured

  package init(_ json: JSON) {}

  package var description: String { "Whitespace: runs of word characters and of other characters" }

  package func callAsFunction(_ preTokens: inout PreTokenizedText) {
    preTokens.split { bytes, words in
      var start = 0
      var kind: ScalarTraits = .whitespace
      var position = 0
      while position < bytes.count {
        let (scalar, end) = bytes.scalar(at: position)
        // No scalar is both.
        let next = traits[scalar].intersection([.word, .whitespace])
        if next != kind {
          if kind != .whitespace { words.append(start..<position) }
          start = position
          kind = next
        }
        position = end
      }
      if kind != .whitespace { words.append(start..<bytes.count) }
    }
  }
}
