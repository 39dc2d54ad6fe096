/// What NLTK's rules ask of a scalar, by the two engines that run them.
struct PhraseTraits: OptionSet, Sendable {
  let rawValue: UInt16

  static let table = TraitsTable<Self>(runs: PhraseTraitsData.text)

  /// `\w` of the package regex 2026.11.15.
  static let word = Self(rawValue: 1 << 0)
  /// `\d` of the same.
  static let digit = Self(rawValue: 1 << 1)
  /// `\w` of Python 3.11's `re`.
  static let pythonWord = Self(rawValue: 1 << 2)
}
