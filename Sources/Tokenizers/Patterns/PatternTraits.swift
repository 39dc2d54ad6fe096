/// What the classes of patterns hold: those of Oniguruma as it is built into the reference, with
/// Unicode 16, whatever Unicode the library on this machine knows.
struct PatternTraits: OptionSet, Sendable {
  let rawValue: UInt16

  static let table = TraitsTable<Self>(runs: PatternTraitsData.text)

  /// `\p{L}`
  static let letter = Self(rawValue: 1 << 0)
  /// `\p{N}`
  static let number = Self(rawValue: 1 << 1)
  /// `\s`
  static let space = Self(rawValue: 1 << 2)
  /// `\d`, which is `\p{Nd}`
  static let digit = Self(rawValue: 1 << 3)
  /// `\w`
  static let word = Self(rawValue: 1 << 4)
  /// `\p{P}`
  static let punctuation = Self(rawValue: 1 << 5)
  /// `\p{S}`
  static let symbol = Self(rawValue: 1 << 6)
  /// `\p{M}`
  static let mark = Self(rawValue: 1 << 7)
  /// `\p{Lu}`
  static let uppercase = Self(rawValue: 1 << 8)
  /// `\p{Ll}`
  static let lowercase = Self(rawValue: 1 << 9)
  /// `\p{Lt}`
  static let titlecase = Self(rawValue: 1 << 10)
  /// `\p{Lm}`
  static let modifier = Self(rawValue: 1 << 11)
  /// `\p{Lo}`
  static let otherLetter = Self(rawValue: 1 << 12)
  /// `\p{Han}`
  static let han = Self(rawValue: 1 << 13)
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
