import ModelFiles

/// A row as it is in the file, without its line end.
struct RawRow: Equatable {
  /// The most bytes that a row may have, a csv row with all its lines.
  static let longest = 16 << 20

  /// Empty where there is a fault.
  let bytes: [UInt8]
  let line: Int
  /// Where on its line the row begins: how many bytes are before it.
  var column = 0
  /// Which element of a JSON array it is, from 1.
  var element: Int? = nil
  let fault: RowFault?

  /// Whether there is nothing but white space in it.
  var isWhiteSpace: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } }

  func location(in file: String) -> RowLocation {
    RowLocation(file: file, line: line, element: element)
  }

  /// What is wrong with the row's bytes, and on which of its lines.
  /// - `file`: as messages name it.
  func problem(in file: String) -> RowProblem? {
    if let fault { return RowProblem(location(in: file).onLine(fault.line ?? line), fault.reason) }
    guard let offset = bytes.withUnsafeBytes(firstInvalidUTF8) else { return nil }
    let place = position(of: offset)
    let byte = String(bytes[offset], radix: 16, uppercase: true)
    let advice =
      bytes.withUnsafeBytes { TextEncoding.guess($0) }.map {
        "; if it is \($0), read it with --encoding \($0)"
      }
      ?? "; convert the file to UTF-8"
    return RowProblem(
      location(in: file).onLine(place.line),
      "not UTF-8 (byte 0x\(byte) at column \(place.column))\(advice)")
  }

  /// Where in the file a byte of the row is; columns count from 1, in bytes.
  func position(of offset: Int) -> (line: Int, column: Int) {
    let before = bytes[..<offset]
    guard let newline = before.lastIndex(of: 0x0A) else { return (line, column + offset + 1) }
    return (line + before.count { $0 == 0x0A }, offset - newline)
  }
}

/// Why a row's bytes cannot be used.
enum RowFault: Equatable {
  case tooLong
  /// A quote that is still open at the file's end; `escapes` where a backslash is before quotes.
  case openQuote(line: Int, escapes: Bool)
  /// Something other than the delimiter behind a closing quote.
  case strayText(line: Int, delimiter: UInt8, escapes: Bool)
  /// A cell of a tsv file that opens a quote and goes on in the next line.
  case quoteInTabs
  /// An array of JSON that has something else than elements and commas.
  case array(String)
  /// A file that ends inside a JSON value, which begins on this line.
  case unclosed(line: Int)

  /// The line of what is wrong, where that need not be the row's first.
  var line: Int? {
    switch self {
    case .openQuote(let line, _), .strayText(let line, _, _), .unclosed(let line): line
    case .tooLong, .quoteInTabs, .array: nil
    }
  }

  /// Whether nothing after it can be trusted to be whole.
  var endsFile: Bool { if case .unclosed = self { true } else { false } }

  var reason: String {
    switch self {
    case .tooLong: "longer than \(RawRow.longest >> 20) MiB; split the row"
    case .openQuote(_, escapes: true):
      "a quote opens here and is never closed, and quotes have backslashes before them; csv writes "
        + "a quote inside quotes twice: \"\""
    case .openQuote:
      "a quote opens here and is never closed; close it, or double it if it is text"
    case .strayText(_, _, escapes: true):
      "a quote inside quotes has a backslash before it; csv writes it twice: \"\""
    case .strayText(_, let delimiter, _):
      "text after a closing quote, where \(Delimiter.name(delimiter)) or the line's end should be; "
        + "write a quote inside quotes twice"
    case .quoteInTabs:
      "a quote opens here and its cell goes on in the next line, but tsv has no quotes; read it with "
        + "--input csv --delimiter tab"
    case .array(let found):
      "not JSON: \(found) in an array, where a comma should be between two elements"
    case .unclosed:
      "the file ends inside the JSON that begins here; it is cut short: fetch or make it again"
    }
  }
}
