/// Normalizes punctuation as Moses does: applies the rules of transformers'
/// `replace_unicode_punct`, then those of sacremoses' `MosesPunctNormalizer`, in their order.
struct MosesPunctuation: Sendable {
  private let spacing = Self.spacing
  private let quotes = Self.quotes
  private let pseudoSpaces = Self.pseudoSpaces
  private let quotation: [MosesQuotation]
  private let numbers: Rewrite

  init(_ language: MosesLanguage) {
    quotation = language.quotation
    numbers = Rewrite(
      "\u{A0}", language.decimalMark, before: Self.isDigit, after: Self.isDigit)
  }

  func callAsFunction(_ text: inout TextBuffer) {
    replaceWidePunctuation(&text)
    for rule in spacing.first { rule(&text) }
    text.collapseSpaces()
    for rule in spacing.second { rule(&text) }
    for rule in quotes.first { rule(&text) }
    text.collapseSpaces()
    for rule in quotes.second { rule(&text) }
    for rule in pseudoSpaces { rule(&text) }
    text.collapseSpaces()
    for rule in quotation { rule(&text) }
    numbers(&text)
    text.stripPythonSpace()
  }

  private static let isDigit: Rewrite.Test = { PythonTraits.table[$0].contains(.decimal) }

  private static let spacing: (first: [Rewrite], second: [Rewrite]) = (
    [Rewrite("\r", ""), Rewrite("(", " ("), Rewrite(")", ") ")],
    [
      Rewrite(") ", ")", after: { $0 < 0x80 && ".!:?;,".utf8.contains(UInt8($0)) }),
      Rewrite("( ", "("), Rewrite(" )", ")"), Rewrite(" %", "%", before: isDigit),
      Rewrite(" :", ":"), Rewrite(" ;", ";"),
    ]
  )

  /// Omits the rules for “ ” ’ …, which earlier rules have replaced, and for ‘ between letters,
  /// which has the same result as the rule for every ‘.
  private static let quotes: (first: [Rewrite], second: [Rewrite]) = (
    [
      Rewrite("`", "'"), Rewrite("''", " \" "), Rewrite("„", "\""), Rewrite("–", "-"),
      Rewrite("—", " - "),
    ],
    [
      Rewrite("´", "'"), Rewrite("‘", "'"), Rewrite("‚", "'"), Rewrite("''", "\""),
      Rewrite("\u{A0}«\u{A0}", "\""), Rewrite("«\u{A0}", "\""), Rewrite("«", "\""),
      Rewrite("\u{A0}»\u{A0}", "\""), Rewrite("\u{A0}»", "\""), Rewrite("»", "\""),
    ]
  )

  private static let pseudoSpaces = [
    Rewrite("\u{A0}%", "%"), Rewrite("nº\u{A0}", "nº "), Rewrite("\u{A0}:", ":"),
    Rewrite("\u{A0}ºC", " ºC"), Rewrite("\u{A0}cm", " cm"), Rewrite("\u{A0}?", "?"),
    Rewrite("\u{A0}!", "!"), Rewrite("\u{A0};", ";"), Rewrite(",\u{A0}", ", "),
  ]

  /// Replacements of wide and typographic punctuation; 。 and ． also consume white space after them.
  private static let wide: [UInt32: [UInt8]] = {
    var wide: [UInt32: [UInt8]] = [:]
    let pairs = [
      ("，、", ","), ("。．", ". "), ("”“《》」「", "\""), ("∶：", ":"), ("？", "?"), ("）", ")"),
      ("！", "!"), ("（", "("), ("；", ";"), ("～", "~"), ("’", "'"), ("…", "..."), ("━", "-"),
      ("〈", "<"), ("〉", ">"), ("【", "["), ("】", "]"), ("％", "%"),
    ]
    for (scalars, replacement) in pairs {
      for scalar in scalars.unicodeScalars { wide[scalar.value] = Array(replacement.utf8) }
    }
    for digit in UInt32(0)..<10 { wide[0xFF10 + digit] = [UInt8(0x30 + digit)] }
    return wide
  }()

  /// The reference makes one pass per character; one pass is enough, as no rule creates a match.
  private func replaceWidePunctuation(_ text: inout TextBuffer) {
    // The possible first bytes of these characters.
    guard text.bytes.contains(where: { $0 == 0xE2 || $0 == 0xE3 || $0 == 0xEF }) else { return }
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let (scalar, end) = source.scalar(at: position)
        if scalar > 0x2000, let replacement = Self.wide[scalar] {
          output.append(contentsOf: replacement)
          position = replacement.count == 2 ? source.end(from: end, while: isPythonSpace) : end
        } else {
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[position..<end]))
          position = end
        }
      }
    }
  }
}
