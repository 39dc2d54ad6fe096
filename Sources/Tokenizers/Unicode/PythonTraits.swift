/// What Python 3.11 (Unicode 14) and sacremoses 0.2.0 say of a scalar: FlauBERT's tokenizer is
/// written in Python and asks them.
struct PythonTraits: OptionSet, Sendable {
  let rawValue: UInt16

  static let table = TraitsTable<Self>(runs: PythonTraitsData.text)

  /// Category C*: controls, formats, surrogates, private use, and what Unicode 14 does not assign.
  static let other = Self(rawValue: 1 << 0)
  static let decimal = Self(rawValue: 1 << 1)  // Category Nd, `\d` of Python's `re`.
  /// sacremoses' frozen lists, which hold neither Chinese characters nor Hangul syllables.
  static let mosesNumber = Self(rawValue: 1 << 2)
  static let mosesAlphanumeric = Self(rawValue: 1 << 3)
  static let mosesLetter = Self(rawValue: 1 << 4)
  static let mosesLowercase = Self(rawValue: 1 << 5)
  /// A letter that makes a Σ after it the last of a word.
  static let cased = Self(rawValue: 1 << 6)
  /// Passed over between a Σ and the letter that decides.
  static let caseIgnorable = Self(rawValue: 1 << 7)

  // Bits 8 to 15 are the canonical combining class, see `CanonicalData`.
}

/// White space as `str.isspace`, `str.split` and `\s` of Python's `re` have it: U+001C to U+001F
/// belong to it.
func isPythonSpace(_ scalar: UInt32) -> Bool {
  switch scalar {
  case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
    0x205F, 0x3000:
    true
  default: false
  }
}

extension UnsafeRawBufferPointer {
  /// The stretches between white space, as `str.split` finds them.
  func pythonWords() -> [Range<Int>] {
    var words: [Range<Int>] = []
    var start = 0
    for (scalar, range) in scalars() where isPythonSpace(scalar) {
      if start < range.lowerBound { words.append(start..<range.lowerBound) }
      start = range.upperBound
    }
    if start < count { words.append(start..<count) }
    return words
  }

  /// What `str.strip` leaves.
  func pythonStripped() -> Range<Int> {
    let start = end(from: 0, while: isPythonSpace)
    return start..<Swift.max(start, self.start(before: count, from: start, while: isPythonSpace))
  }
}
