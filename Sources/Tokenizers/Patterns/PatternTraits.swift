/// What the classes of patterns hold: those of Oniguruma as it is built into the reference, with
/// Unicode 16, whatever Unicode the library on this machine knows.
struct PatternTraits: OptionSet, Sendable {
  let rawValue: UInt16

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
}

/// The pattern traits of every scalar.
struct PatternTraitsTable: Sendable {
  /// Unpacked at first use, in well under a millisecond.
  static let measured = Self()

  private var table = ScalarTable()

  private init() {
    Self.visitRuns { table.set($0, to: $1.rawValue) }
  }

  subscript(scalar: UInt32) -> PatternTraits { PatternTraits(rawValue: table[scalar]) }

  /// The scalars with a trait, as ascending ranges that do not touch.
  static func ranges(of trait: PatternTraits) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    visitRuns { run, traits in
      guard traits.contains(trait) else { return }
      if let last = ranges.last, last.upperBound == run.lowerBound {
        ranges[ranges.count - 1] = last.lowerBound..<run.upperBound
      } else {
        ranges.append(run)
      }
    }
    return ranges
  }

  /// Calls `body` with each run of scalars that have the same traits, any at all.
  private static func visitRuns(_ body: (Range<Int>, PatternTraits) -> Void) {
    var numbers = PackedNumbers(PatternTraitsData.text)
    var end = 0
    while !numbers.isAtEnd {
      let start = end + numbers.next()
      end = start + numbers.next() + 1
      body(start..<end, PatternTraits(rawValue: UInt16(truncatingIfNeeded: numbers.next())))
    }
  }
}
