package import ModelFiles

/// Removes marks: Mn, Mc and Me of Unicode 9. Characters are not decomposed first.
package struct StripAccents: Normalizer {
  private let traits = ScalarTraits.table

  package init(_ json: JSON) {}

  package var description: String { "StripAccents" }

  package func callAsFunction(_ text: inout TextBuffer) {
    text.rewriteEach { source, output in
      // No mark is ASCII, and eight bytes are looked at together.
      guard source.asciiEnd(from: 0) < source.count else {
        output += source
        return
      }
      output.append(source) { traits[$0].contains(.mark) }
    }
  }
}
