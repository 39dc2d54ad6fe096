/// Punctuation that changes places with a quotation mark, as Moses' rules of a language have it.
enum MosesQuotation: Sendable {
  /// French: `,"` becomes `",`.
  case commaAfter
  /// French: full stops go behind the mark, unless the text ends there.
  case stopsAfter
  /// English: `"` goes behind full stops and commas.
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

  /// `(\.+)"(\s*[^<])` to `"\1\2`: a quotation mark after full stops goes before them, unless the
  /// text ends there or goes on with `<`. What stands after the mark belongs to the match.
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
          // The stops, or else the one byte here, stay.
          if stops.isEmpty { position += 1 }
          output.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[start..<position]))
        }
      }
    }
  }

  /// Where `\s*[^<]` ends; white space itself is no `<`, so that it suffices at the end.
  private static func quotationEnd(in source: UnsafeRawBufferPointer, from position: Int) -> Int? {
    let end = source.end(from: position, while: isPythonSpace)
    if end < source.count, source[end] != UInt8(ascii: "<") { return source.scalar(at: end).end }
    return end > position ? end : nil
  }
}
