/// What the reference's tables say of a scalar. Each property is frozen at the Unicode version of
/// the Rust crate that it comes from, which is why Swift's own properties are not asked.
struct ScalarTraits: OptionSet, Sendable {
  let rawValue: UInt16

  static let table = TraitsTable<Self>(runs: ScalarTraitsData.text)

  /// Deleted by BertNormalizer's `clean_text`: U+0000, U+FFFD, and Cc, Cf, Co of Unicode 8.
  static let control = Self(rawValue: 1 << 0)
  static let spaceLike = Self(rawValue: 1 << 1)  // Made a space by `clean_text`.
  /// Set apart by `handle_chinese_chars`; not U+2B820 to U+2B91F, by a mistake in the reference.
  static let chinese = Self(rawValue: 1 << 2)
  /// ASCII punctuation and symbols, and P* of Unicode 8.
  static let punctuation = Self(rawValue: 1 << 3)
  /// White_Space, as Rust's `char::is_whitespace` and `\s` have it.
  static let whitespace = Self(rawValue: 1 << 4)
  /// Mn of Unicode 8: what `strip_accents` drops.
  static let nonspacingMark = Self(rawValue: 1 << 5)
  static let mark = Self(rawValue: 1 << 6)  // Mn, Mc and Me of Unicode 9.
  static let word = Self(rawValue: 1 << 7)  // `\w` of Rust's regex crate.

  // Bits 8 to 15 are the canonical combining class, see `CanonicalData`.
}
