/// Lower case as Python's `str.lower` makes it: Σ at the end of a word becomes ς, and İ becomes i̇.
struct PythonLowercase: Sendable {
  private let mapping = ScalarMapping.pythonLowercase
  private let traits = PythonTraits.table

  private static let capitalSigma: UInt32 = 0x3A3

  func callAsFunction(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      for (scalar, range) in source.scalars() {
        if scalar == Self.capitalSigma {
          output.append(scalar: isFinal(range, in: source) ? 0x3C2 : 0x3C3)
        } else {
          mapping.appendLowercase(scalar, to: &output)
        }
      }
    }
  }

  /// Whether the letter at `range` ends a word: a cased letter is before it and none after it,
  /// whatever case-ignorable characters are between. (Such a stretch is walked through for the two
  /// letters beside it alone, so that time stays linear.)
  private func isFinal(_ range: Range<Int>, in text: UnsafeRawBufferPointer) -> Bool {
    let isIgnorable = { (scalar: UInt32) in traits[scalar].contains(.caseIgnorable) }
    let start = text.start(before: range.lowerBound, while: isIgnorable)
    guard start > 0, traits[text.scalar(before: start).value].contains(.cased) else { return false }
    let end = text.end(from: range.upperBound, while: isIgnorable)
    return end == text.count || !traits[text.scalar(at: end).value].contains(.cased)
  }
}

/// A text in lower case as Python's `str.lower` makes it.
/// - Parameter text: valid UTF-8
package func pythonLowercase(_ text: [UInt8]) -> [UInt8] { PythonLowercase()(text) }

extension ScalarMapping {
  /// Lower case by Unicode 14, but for the rule of the final sigma.
  static let pythonLowercase = Self(LowercaseData.text, PythonLowercaseData.text)
  /// Complete canonical decompositions of Unicode 14, without the syllables of Hangul.
  static let pythonDecomposition = Self(DecompositionData.text, PythonDecompositionData.text)
}
