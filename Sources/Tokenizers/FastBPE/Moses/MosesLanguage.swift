/// What differs between the languages that Moses' rules are written for.
struct MosesLanguage: Sendable {
  let name: String
  /// Which punctuation is swapped with quotation marks.
  let quotation: [MosesQuotation]
  /// Replaces U+00A0 between digits.
  let decimalMark: String
  /// Where an apostrophe is separated, and on which side.
  let apostrophes: [Rewrite]
  /// Abbreviations that keep their period, whatever follows.
  let prefixes: Set<[UInt8]>
  /// Abbreviations that keep their period only before a digit.
  let numericPrefixes: Set<[UInt8]>

  static let french = Self(
    name: "fr", quotation: [.commaAfter, .stopsAfter], decimalMark: ",",
    apostrophes: [
      Rewrite("'", " ' ", before: isNoLetter, after: isNoLetter),
      Rewrite("'", " ' ", before: isNoLetter, after: isLetter),
      Rewrite("'", " ' ", before: isLetter, after: isNoLetter),
      // Between letters it belongs to the word before it: l' air.
      Rewrite("'", "' ", before: isLetter, after: isLetter),
    ],
    prefixes: MosesPrefixes.french, numericPrefixes: [])

  static let english = Self(
    name: "en", quotation: [.stopsAndCommasBefore], decimalMark: ".",
    apostrophes: [
      Rewrite("'", " ' ", before: isNoLetter, after: isNoLetter),
      Rewrite("'", " ' ", before: { isNoLetter($0) && !isNumber($0) }, after: isLetter),
      Rewrite("'", " ' ", before: isLetter, after: isNoLetter),
      // It belongs to the letters after it: do n't, 1990 's.
      Rewrite("'", " '", before: isLetter, after: isLetter),
      Rewrite("'", " '", before: isNumber, after: { $0 == 0x73 }),
    ],
    prefixes: MosesPrefixes.english, numericPrefixes: MosesPrefixes.englishNumeric)

  private static let isLetter: Rewrite.Test = { PythonTraits.table[$0].contains(.mosesLetter) }
  private static let isNoLetter: Rewrite.Test = { !PythonTraits.table[$0].contains(.mosesLetter) }
  private static let isNumber: Rewrite.Test = { PythonTraits.table[$0].contains(.mosesNumber) }
}
