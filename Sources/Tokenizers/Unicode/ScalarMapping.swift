/// Scalars that become one or more others.
struct ScalarMapping: Sendable {
  /// Lower case by Unicode 17 without the rule of the final sigma, as Rust's `char::to_lowercase`.
  static let lowercase = Self(LowercaseData.text)
  /// Complete canonical decompositions of Unicode 9, without the syllables of Hangul.
  static let decomposition = Self(DecompositionData.text)
  /// Complete compatibility decompositions of Unicode 9, without the syllables of Hangul.
  static let compatibility = Self(DecompositionData.text, CompatibilityData.text)

  private var starts = ScalarTable()
  /// For each scalar that changes, a count and that many scalars. The first entry means no change.
  private var sequences: [UInt32] = [0]
  /// The scalars that change.
  private(set) var scalars: [UInt32] = []

  /// - Parameter texts: of several entries for the same scalar the last counts.
  init(_ texts: StaticString...) {
    for text in texts { read(PackedNumbers(text)) }
  }

  private mutating func read(_ packed: PackedNumbers) {
    var numbers = packed
    var scalar = 0
    while !numbers.isAtEnd {
      scalar += numbers.next()
      scalars.append(UInt32(truncatingIfNeeded: scalar))
      starts.set(scalar..<scalar + 1, to: UInt16(truncatingIfNeeded: sequences.count))
      let count = numbers.next()
      sequences.append(UInt32(truncatingIfNeeded: count))
      for _ in 0..<count {
        sequences.append(UInt32(truncatingIfNeeded: scalar + numbers.nextSigned()))
      }
      scalar += 1
    }
  }

  /// Calls `body` with what `scalar` becomes; with itself if it does not change.
  func callAsFunction(_ scalar: UInt32, _ body: (UInt32) -> Void) {
    let start = Int(starts[scalar])
    guard start > 0 else { return body(scalar) }
    for index in start + 1...start + Int(sequences[start]) { body(sequences[index]) }
  }

  /// Appends the lower case of a scalar, where that is what this maps to; ASCII is not looked up.
  func appendLowercase(_ scalar: UInt32, to output: inout [UInt8]) {
    guard scalar < 0x80 else { return self(scalar) { output.append(scalar: $0) } }
    output.append(UInt8(truncatingIfNeeded: scalar &- 65 < 26 ? scalar | 0x20 : scalar))
  }
}
