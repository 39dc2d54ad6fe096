/// What the classes of patterns hold: those of Oniguruma as it is built into the reference, with
/// Unicode 16, whatever Unicode the library on this machine knows.
struct PatternTraits: OptionSet, Sendable {
  let rawValue: UInt16

  static let table = TraitsTable<Self>(runs: PatternTraitsData.text)

  static let letter = Self(rawValue: 1 << 0)  // `\p{L}`
  static let number = Self(rawValue: 1 << 1)  // `\p{N}`
  static let space = Self(rawValue: 1 << 2)  // `\s`
  static let digit = Self(rawValue: 1 << 3)  // `\d`, which is `\p{Nd}`
  static let word = Self(rawValue: 1 << 4)  // `\w`
  static let punctuation = Self(rawValue: 1 << 5)  // `\p{P}`
  static let symbol = Self(rawValue: 1 << 6)  // `\p{S}`
  static let mark = Self(rawValue: 1 << 7)  // `\p{M}`
  static let uppercase = Self(rawValue: 1 << 8)  // `\p{Lu}`
  static let lowercase = Self(rawValue: 1 << 9)  // `\p{Ll}`
  static let titlecase = Self(rawValue: 1 << 10)  // `\p{Lt}`
  static let modifier = Self(rawValue: 1 << 11)  // `\p{Lm}`
  static let otherLetter = Self(rawValue: 1 << 12)  // `\p{Lo}`
  static let han = Self(rawValue: 1 << 13)  // `\p{Han}`
  /// Rust's `char::is_numeric`, of Unicode 17: what the pre-tokenizer Digits asks.
  static let numeric = Self(rawValue: 1 << 14)

  /// The scalars with this trait, as ascending ranges that do not touch.
  var ranges: [Range<Int>] {
    var ranges: [Range<Int>] = []
    ScalarTable.visitRuns(PatternTraitsData.text) { run, traits in
      guard Self(rawValue: traits).contains(self) else { return }
      if let last = ranges.last, last.upperBound == run.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<run.upperBound
      } else {
        ranges.append(run)
      }
    }
    return ranges
  }
}
