package import ModelFiles

/// Removes marks: Mn, Mc and Me of Unicode 9. Characters are not decomposed first.
package struct StripAccents: Normalizer {
  private let traits = ScalarTraitsTable.measured

  package init(_ json: JSON) {}

  package var description: String { "StripAccents" }

  package func callAsFunction(_ text: inout TextBuffer) {
    text.rewriteEach { source, output in
      // What is copied next begins here.
      var kept = 0
      var position = 0
      while position < source.count {
        position = source.asciiEnd(from: position)
        guard position < source.count else { break }
        let (scalar, end) = source.scalar(at: position)
        if traits[scalar].contains(.mark) {
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[kept..<position]))
          kept = end
        }
        position = end
      }
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[kept...]))
    }
  }
}
