/// Splits text into words as NLTK 3.10's `word_tokenize` does for one sentence: applies the Penn
/// Treebank's rules in order, each of which inserts spaces in linear time.
struct TreebankWords: Sendable {
  private let traits = PhraseTraits.table
  private let scalarTraits = ScalarTraits.table
  private let quotes = TreebankQuotes()
  private let contractions = TreebankContractions()

  func callAsFunction(_ text: inout TextBuffer) {
    quotes.open(&text)
    setPunctuationApart(&text)
    text.setApart { "[](){}<>".utf8.containsScalar($0) }
    Self.dashes(&text)
    text.rewrite { source, output in
      output.append(0x20)
      output.append(contentsOf: source)
      output.append(0x20)
    }
    quotes.close(&text)
    contractions(&text)
  }

  private static let dashes = Rewrite("--", " -- ")

  private func setPunctuationApart(_ text: inout TextBuffer) {
    setLastPeriodApart(&text, closers: "])}>\"'»”’ ", spaced: true)
    setColonsApart(&text)
    setLastColonApart(&text)
    text.setRunsApart(of: UInt8(ascii: "."), from: 2)
    text.setApart { ";@#$%&".utf8.containsScalar($0) }
    text.setApart { (0x2012...0x2015).contains($0) }
    setLastPeriodApart(&text, closers: "])}>\"'", spaced: false)
    text.setApart { $0 == 0x3F || $0 == 0x21 }
    quotes.setClosingApart(&text)
    text.setApart { $0 == 0x2A }
  }

  /// `([^\.])(\.)([closers]*)\s*$` to `\1 \2\3 `: separates the period at the end of the text, if
  /// only closing marks and white space follow it and no period precedes it.
  /// - Parameter spaced: whether to put a space between the period and the marks
  private func setLastPeriodApart(_ text: inout TextBuffer, closers: String, spaced: Bool) {
    guard let period = text.bytes.lastIndex(of: UInt8(ascii: ".")), period > 0,
      text.bytes[period - 1] != UInt8(ascii: ".")
    else { return }
    let marks = closers.unicodeScalars
    let end = text.bytes.withUnsafeBytes { source in
      let end = source.end(from: period + 1) { scalar in marks.contains { $0.value == scalar } }
      let rest = source.end(from: end) { scalarTraits[$0].contains(.whitespace) }
      return rest == source.count ? end : nil
    }
    guard let end else { return }
    text.rewrite { source, output in
      output.append(contentsOf: source[..<period])
      output.append(contentsOf: spaced ? " . ".utf8 : " .".utf8)
      output.append(contentsOf: source[(period + 1)..<end])
      output.append(0x20)
    }
  }

  /// `([:,])([^\d])` to ` \1 \2`: the match includes the scalar that follows.
  private func setColonsApart(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let byte = source[position]
        output.append(byte)
        position += 1
        guard byte == UInt8(ascii: ":") || byte == UInt8(ascii: ","), position < source.count
        else { continue }
        let (scalar, end) = source.scalar(at: position)
        if traits[scalar].contains(.digit) { continue }
        output[output.count - 1] = 0x20
        output.append(byte)
        output.append(0x20)
        output.append(contentsOf: source[position..<end])
        position = end
      }
    }
  }

  /// Separates `([:,])$`, also before a final line feed.
  private func setLastColonApart(_ text: inout TextBuffer) {
    let isBeforeLine = text.bytes.last == 0x0A
    let last = text.bytes.count - (isBeforeLine ? 2 : 1)
    guard last >= 0, ":,".utf8.contains(text.bytes[last]) else { return }
    text.rewrite { source, output in
      output.append(contentsOf: source[..<last])
      output += [0x20, source[last], 0x20]
      output.append(contentsOf: source[(last + 1)...])
    }
  }
}

extension String.UTF8View {
  /// Whether a scalar is one of these ASCII characters.
  func containsScalar(_ scalar: UInt32) -> Bool {
    scalar < 0x80 && contains(UInt8(truncatingIfNeeded: scalar))
  }
}

extension TextBuffer {
  /// Puts a space on both sides of each scalar that `isMark` accepts.
  mutating func setApart(_ isMark: (UInt32) -> Bool) {
    rewrite { source, output in
      for (scalar, range) in source.scalars() {
        let isApart = isMark(scalar)
        if isApart { output.append(0x20) }
        output.append(contentsOf: source[range])
        if isApart { output.append(0x20) }
      }
    }
  }

  /// Puts a space on both sides of each run of `byte` that has at least `count` bytes.
  mutating func setRunsApart(of byte: UInt8, from count: Int) {
    guard bytes.contains(byte) else { return }
    rewrite { source, output in
      var position = 0
      while position < source.count {
        let start = position
        while position < source.count, source[position] == byte { position += 1 }
        let isApart = position - start >= count
        if position == start { position += 1 }
        if isApart { output.append(0x20) }
        output.append(contentsOf: source[start..<position])
        if isApart { output.append(0x20) }
      }
    }
  }
}
