/// Splits text into words as sacremoses' `MosesTokenizer` does, without escaping: the result is the
/// words separated by single spaces. Characters of the categories C* must have been removed.
struct MosesWords: Sendable {
  private let traits = PythonTraits.table
  private let commas: [Rewrite]
  private let language: MosesLanguage

  init(_ language: MosesLanguage) {
    self.language = language
    let traits = traits
    let isNoNumber: Rewrite.Test = { !traits[$0].contains(.mosesNumber) }
    commas = [
      Rewrite(",", " , ", before: isNoNumber), Rewrite(",", " , ", after: isNoNumber),
    ]
  }

  func callAsFunction(_ text: inout TextBuffer) {
    setMarksApart(&text)
    MultipleDots.hide(&text)
    for rule in commas { rule(&text) }
    setLastCommaApart(&text)
    for rule in language.apostrophes { rule(&text) }
    setPeriodsApart(&text)
    setLastApostropheApart(&text)
    MultipleDots.restore(&text)
  }

  /// Collapses white space, strips both ends, and puts spaces around every character that is
  /// neither alphanumeric nor one of `.'` and `` `,- ``.
  private func setMarksApart(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      let kept = UnsafeRawBufferPointer(rebasing: source[source.pythonStripped()])
      var isAfterSpace = false
      for (scalar, _) in kept.scalars() {
        let isSpace = isPythonSpace(scalar)
        if isSpace {
          if !isAfterSpace { output.append(0x20) }
        } else if isWordLike(scalar) {
          output.append(scalar: scalar)
        } else {
          output.append(0x20)
          output.append(scalar: scalar)
          output.append(0x20)
        }
        isAfterSpace = isSpace
      }
    }
  }

  private func isWordLike(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x27, 0x2C, 0x2D, 0x2E, 0x60: true
    default: traits[scalar].contains(.mosesAlphanumeric)
    }
  }

  /// `([N]),$`: separates a comma that ends the text after a number.
  private func setLastCommaApart(_ text: inout TextBuffer) {
    guard text.bytes.last == UInt8(ascii: ","), text.bytes.count > 1 else { return }
    text.rewrite { source, output in
      let comma = source.count - 1
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[..<comma]))
      if traits[source.scalar(before: comma).value].contains(.mosesNumber) {
        output.append(contentsOf: " , ".utf8)
      } else {
        output.append(UInt8(ascii: ","))
      }
    }
  }

  /// Separates a word's final period, unless it belongs to the word, and joins the words again.
  private func setPeriodsApart(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      let words = source.pythonWords()
      for (index, word) in words.enumerated() {
        if index > 0 { output.append(0x20) }
        let bytes = UnsafeRawBufferPointer(rebasing: source[word])
        guard bytes.count > 1, bytes[bytes.count - 1] == UInt8(ascii: ".") else {
          output.append(contentsOf: bytes)
          continue
        }
        let prefix = UnsafeRawBufferPointer(rebasing: bytes.dropLast())
        let next =
          index + 1 < words.count ? source.scalar(at: words[index + 1].lowerBound).value : nil
        output.append(contentsOf: prefix)
        if !isAbbreviation(prefix, before: next) { output.append(0x20) }
        output.append(UInt8(ascii: "."))
      }
    }
  }

  /// Whether a word keeps its period.
  /// - Parameter next: the first scalar of the next word; nil after the last
  private func isAbbreviation(_ prefix: UnsafeRawBufferPointer, before next: UInt32?) -> Bool {
    if let next, traits[next].contains(.mosesLowercase) { return true }
    if prefix.contains(UInt8(ascii: ".")),
      prefix.scalars().contains(where: { traits[$0.value].contains(.mosesLetter) })
    {
      return true
    }
    guard prefix.count <= MosesPrefixes.longest else { return false }
    let word = Array(prefix)
    let isBeforeDigit = next.map { $0 &- 0x30 < 10 } ?? false
    return language.prefixes.contains(word)
      || isBeforeDigit && language.numericPrefixes.contains(word)
  }

  /// `\.' ?$`: separates a period and an apostrophe that end the text (no space follows by now).
  private func setLastApostropheApart(_ text: inout TextBuffer) {
    guard text.bytes.suffix(2).elementsEqual(".'".utf8) else { return }
    text.rewrite { source, output in
      output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[..<(source.count - 2)]))
      output.append(contentsOf: " . ' ".utf8)
    }
  }
}
