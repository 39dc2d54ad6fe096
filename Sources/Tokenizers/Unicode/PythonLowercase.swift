/// Lower case as Python's `str.lower` makes it: Σ at the end of a word becomes ς, and İ becomes i̇.
struct PythonLowercase: Sendable {
  private let mapping = ScalarMapping.pythonLowercase
  private let traits = PythonTraitsTable.shared

  private static let capitalSigma: UInt32 = 0x3A3

  func callAsFunction(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let byte = source[position]
        if byte < 0x80 {
          output.append(byte &- 65 < 26 ? byte | 0x20 : byte)
          position += 1
          continue
        }
        let (scalar, end) = source.scalar(at: position)
        if scalar == Self.capitalSigma {
          output.append(scalar: isFinal(position..<end, in: source) ? 0x3C2 : 0x3C3)
        } else {
          mapping(scalar) { output.append(scalar: $0) }
        }
        position = end
      }
    }
  }

  /// Whether the letter at `range` ends a word: a cased letter is before it and none after it,
  /// whatever case-ignorable characters are between. (Such a stretch is walked through for the two
  /// letters beside it alone, so that time stays linear.)
  private func isFinal(_ range: Range<Int>, in text: UnsafeRawBufferPointer) -> Bool {
    var start = range.lowerBound
    var before: PythonTraits = []
    while start > 0 {
      let (scalar, previous) = text.scalar(before: start)
      before = traits[scalar]
      guard before.contains(.caseIgnorable) else { break }
      start = previous
    }
    guard start > 0, before.contains(.cased) else { return false }
    var position = range.upperBound
    while position < text.count {
      let (scalar, end) = text.scalar(at: position)
      let after = traits[scalar]
      guard after.contains(.caseIgnorable) else { return !after.contains(.cased) }
      position = end
    }
    return true
  }
}

/// A text in lower case as Python's `str.lower` makes it.
/// - Parameter text: valid UTF-8
package func pythonLowercase(_ text: [UInt8]) -> [UInt8] {
  var buffer = TextBuffer()
  text.withUnsafeBytes { buffer.set($0, startsText: true) }
  PythonLowercase()(&buffer)
  return Array(buffer.bytes)
}

extension ScalarMapping {
  /// Lower case by Unicode 14, but for the rule of the final sigma.
  static let pythonLowercase = Self(LowercaseData.text, PythonLowercaseData.text)
  /// Complete canonical decompositions of Unicode 14, without the syllables of Hangul.
  static let pythonDecomposition = Self(DecompositionData.text, PythonDecompositionData.text)
}
