/// Punctuation as Moses normalizes it for French: what transformers' `replace_unicode_punct` and
/// sacremoses' `MosesPunctNormalizer("fr")` do one after the other, rule by rule in their order.
struct MosesPunctuation: Sendable {
  private let spacing = Self.spacing
  private let quotes = Self.quotes
  private let pseudoSpaces = Self.pseudoSpaces
  private let numbers = Rewrite("\u{A0}", ",", before: Self.isDigit, after: Self.isDigit)
  private let quotedComma = Rewrite(",\"", "\",")

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
    quotedComma(&text)
    moveQuotedPeriods(&text)
    numbers(&text)
    text.stripPythonSpace()
  }

  private static let isDigit: Rewrite.Test = { PythonTraitsTable.shared[$0].contains(.decimal) }

  private static let spacing: (first: [Rewrite], second: [Rewrite]) = (
    [Rewrite("\r", ""), Rewrite("(", " ("), Rewrite(")", ") ")],
    [
      Rewrite(") ", ")", after: { $0 < 0x80 && ".!:?;,".utf8.contains(UInt8($0)) }),
      Rewrite("( ", "("), Rewrite(" )", ")"), Rewrite(" %", "%", before: isDigit),
      Rewrite(" :", ":"), Rewrite(" ;", ";"),
    ]
  )

  /// Rules for “ ” ’ … and for ‘ between letters are left out: the first four are gone by then, and
  /// the last becomes what ‘ becomes anywhere.
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

  /// What becomes of wide and typographic punctuation; 。 and ． take the white space after them.
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

  /// One pass where the reference makes one per character: none makes what another finds.
  private func replaceWidePunctuation(_ text: inout TextBuffer) {
    // The first bytes of all of them.
    guard text.bytes.contains(where: { $0 == 0xE2 || $0 == 0xE3 || $0 == 0xEF }) else { return }
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let (scalar, end) = source.scalar(at: position)
        if scalar > 0x2000, let replacement = Self.wide[scalar] {
          output.append(contentsOf: replacement)
          position = replacement.count == 2 ? spaceEnd(in: source, from: end) : end
        } else {
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[position..<end]))
          position = end
        }
      }
    }
  }

  /// `(\.+)"(\s*[^<])` to `"\1\2`: a quotation mark after full stops goes before them, unless the
  /// text ends there or goes on with `<`. What stands after the mark belongs to the match.
  private func moveQuotedPeriods(_ text: inout TextBuffer) {
    guard text.bytes.contains(UInt8(ascii: "\"")) else { return }
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let start = position
        while position < source.count, source[position] == UInt8(ascii: ".") { position += 1 }
        let stops = start..<position
        if !stops.isEmpty, position < source.count, source[position] == UInt8(ascii: "\""),
          let end = quotationEnd(in: source, from: position + 1)
        {
          output.append(UInt8(ascii: "\""))
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[stops]))
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[position + 1..<end]))
          position = end
        } else {
          // The stops, or else the one byte here, stay.
          if stops.isEmpty { position += 1 }
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start..<position]))
        }
      }
    }
  }

  /// Where `\s*[^<]` ends; white space itself is no `<`, so that it suffices at the end.
  private func quotationEnd(in source: UnsafeRawBufferPointer, from position: Int) -> Int? {
    let end = spaceEnd(in: source, from: position)
    if end < source.count, source[end] != UInt8(ascii: "<") { return source.scalar(at: end).end }
    return end > position ? end : nil
  }

  private func spaceEnd(in source: UnsafeRawBufferPointer, from position: Int) -> Int {
    var position = position
    while position < source.count {
      let (scalar, end) = source.scalar(at: position)
      guard isPythonSpace(scalar) else { break }
      position = end
    }
    return position
  }
}
