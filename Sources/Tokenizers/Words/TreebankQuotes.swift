/// Separates quotation marks and apostrophes from words, as NLTK's word tokenizer does.
struct TreebankQuotes: Sendable {
  private let traits = PhraseTraits.table
  private let scalarTraits = ScalarTraits.table

  private static let backticks = Rewrite("``", " `` ")
  private static let apostrophePair = Rewrite("''", " '' ")
  private static let mark = Rewrite("\"", " '' ")

  /// Applies the rules for opening quotation marks.
  func open(_ text: inout TextBuffer) {
    text.setApart { [0xAB, 0x201C, 0x2018, 0x201E].contains($0) }
    text.setRunsApart(of: UInt8(ascii: "`"), from: 1)
    if text.bytes.first == UInt8(ascii: "\"") {
      text.rewrite { source, output in
        output += "``".utf8
        output.append(contentsOf: source.dropFirst())
      }
    }
    Self.backticks(&text)
    openAfterBrackets(&text)
    setLeadingApostrophesApart(&text)
  }

  /// Applies the rules for closing quotation marks and for suffixes after an apostrophe.
  func close(_ text: inout TextBuffer) {
    text.setApart { [0xBB, 0x201D, 0x2019].contains($0) }
    Self.apostrophePair(&text)
    Self.mark(&text)
    collapseSpace(&text)
    setSuffixesApart(&text, Self.suffixes)
    setSuffixesApart(&text, Self.longSuffixes)
  }

  /// `([^'])' ` to `\1 ' `.
  func setClosingApart(_ text: inout TextBuffer) {
    setSuffixesApart(&text, ["'"], afterSpace: true)
  }

  /// `([ \(\[{<])("|'{2})` to `` \1 `` ``.
  private func openAfterBrackets(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let byte = source[position]
        output.append(byte)
        position += 1
        guard " ([{<".utf8.contains(byte) else { continue }
        let rest = source[position...]
        let length = rest.starts(with: "\"".utf8) ? 1 : rest.starts(with: "''".utf8) ? 2 : 0
        guard length > 0 else { continue }
        output += " `` ".utf8
        position += length
      }
    }
  }

  /// Puts a space after an apostrophe before a word, unless the word is a suffix as in `'s`.
  private func setLeadingApostrophesApart(_ text: inout TextBuffer) {
    guard text.bytes.contains(UInt8(ascii: "'")) else { return }
    text.rewrite { source, output in
      for position in source.indices {
        output.append(source[position])
        guard source[position] == UInt8(ascii: "'"), isWord(source, at: position + 1),
          position == 0 || !traits[source.scalar(before: position).value].contains(.word),
          !isSuffix(source, at: position + 1)
        else { continue }
        output.append(0x20)
      }
    }
  }

  private func isWord(_ source: UnsafeRawBufferPointer, at position: Int) -> Bool {
    position < source.count && traits[source.scalar(at: position).value].contains(.word)
  }

  /// Whether the word at a position is exactly one of these suffixes.
  private func isSuffix(_ source: UnsafeRawBufferPointer, at position: Int) -> Bool {
    ["re", "ve", "ll", "m", "t", "s", "d", "n"].contains { suffix in
      source.foldedEnd(of: suffix, at: position).map { !isWord(source, at: $0) } ?? false
    }
  }

  /// Replaces `\s+` by one space.
  private func collapseSpace(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      var isAfterSpace = false
      for (scalar, range) in source.scalars() {
        let isSpace = scalarTraits[scalar].contains(.whitespace)
        if !isSpace {
          output.append(contentsOf: source[range])
        } else if !isAfterSpace {
          output.append(0x20)
        }
        isAfterSpace = isSpace
      }
    }
  }

  private static let suffixes = ["'s", "'S", "'m", "'M", "'d", "'D", "'"]
  private static let longSuffixes = [
    "'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T",
  ]

  /// `([^' ])(suffix) ` to `\1 \2 `. The match includes the scalar before and the space.
  /// - Parameter afterSpace: whether the scalar before may be a space.
  private func setSuffixesApart(
    _ text: inout TextBuffer, _ suffixes: [String], afterSpace: Bool = false
  ) {
    guard text.bytes.contains(UInt8(ascii: "'")) else { return }
    text.rewrite { source, output in
      var done = 0
      var position = 1
      while position < source.count {
        defer { position += 1 }
        let before = source[position - 1]
        guard "'nN".utf8.contains(source[position]), position > done,
          before != UInt8(ascii: "'"), afterSpace || before != 0x20,
          let length = length(of: suffixes, source[position...])
        else { continue }
        output.append(contentsOf: source[done..<position])
        output.append(0x20)
        done = position + length + 1
        output.append(contentsOf: source[position..<done])
        position = done - 1
      }
      output.append(contentsOf: source[min(done, source.count)...])
    }
  }

  /// The length of the suffix at the start of a text, if a space follows it.
  private func length(of suffixes: [String], _ text: Slice<UnsafeRawBufferPointer>) -> Int? {
    suffixes.lazy.map(\.utf8).first {
      text.starts(with: $0) && text.dropFirst($0.count).first == 0x20
    }?.count
  }
}

extension UnsafeRawBufferPointer {
  /// The end of `word` if it starts at this position, ignoring case; nil otherwise. As in Python, ſ
  /// matches s, and İ and ı match i.
  /// - Parameter word: lower-case ASCII
  func foldedEnd(of word: String, at start: Int) -> Int? {
    var position = start
    for letter in word.utf8 {
      guard position < count else { return nil }
      let (scalar, end) = scalar(at: position)
      let folded: UInt32 =
        switch scalar {
        case 0x41...0x5A: scalar | 0x20
        case 0x17F: 0x73
        case 0x130, 0x131: 0x69
        default: scalar
        }
      guard folded == UInt32(letter) else { return nil }
      position = end
    }
    return position
  }
}
