/// Swaps punctuation with an adjacent quotation mark, by Moses' rules for a language.
enum MosesQuotation: Sendable {
  /// French: `,"` becomes `",`.
  case commaAfter
  /// French: moves full stops behind the mark, unless the text ends there.
  case stopsAfter
  /// English: moves `"` behind full stops and commas.
  case stopsAndCommasBefore

  private static let quotedComma = Rewrite(",\"", "\",")

  func callAsFunction(_ text: inout TextBuffer) {
    guard text.bytes.contains(UInt8(ascii: "\"")) else { return }
    switch self {
    case .commaAfter: Self.quotedComma(&text)
    case .stopsAfter: Self.moveQuotedStops(&text)
    case .stopsAndCommasBefore: Self.moveMarks(&text)
    }
  }

  /// `"([,.]+)` to `\1"`.
  private static func moveMarks(_ text: inout TextBuffer) {
    text.rewrite { source, output in
      var position = 0
      while position < source.count {
        let byte = source[position]
        position += 1
        if byte == UInt8(ascii: "\"") {
          while position < source.count, ",.".utf8.contains(source[position]) {
            output.append(source[position])
            position += 1
          }
        }
        output.append(byte)
      }
    }
  }

  /// `(\.+)"(\s*[^<])` to `"\1\2`: moves a quotation mark before the full stops that precede it,
  /// unless the text ends after it or continues with `<`. The match includes what follows the mark.
  private static func moveQuotedStops(_ text: inout TextBuffer) {
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
          // Copies the stops, or this byte if there are none.
          if stops.isEmpty { position += 1 }
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start..<position]))
        }
      }
    }
  }

  /// The end of `\s*[^<]`. At the end of the text white space is enough: `[^<]` matches it too.
  private static func quotationEnd(in source: UnsafeRawBufferPointer, from position: Int) -> Int? {
    let end = source.end(from: position, while: isPythonSpace)
    if end < source.count, source[end] != UInt8(ascii: "<") { return source.scalar(at: end).end }
    return end > position ? end : nil
  }
}
