/// Finds where a CSV row ends, at the first newline outside quotes (RFC 4180), over bytes in pieces.
struct CSVScanner {
  /// What is between cells: a comma, if all were as the RFC has it.
  let delimiter: UInt8
  /// What ends rows: a line feed or, in files that have none, a carriage return.
  let newline: UInt8
  private var state = State.cellStart
  private var newlines = 0
  private var quoteLine = 0
  private var strayLine: Int?

  /// What was found in a row; lines are counted from the row's first.
  struct Report {
    /// The number of them, with the one that ends the row.
    var newlines: Int
    /// The line of the quote that is still open.
    var openQuote: Int? = nil
    /// The line of the first text behind a closing quote.
    var strayText: Int? = nil
  }

  private enum State {
    case cellStart, plain, quoted
    /// After a quote inside quotes: the cell's end, or the first of a doubled one.
    case quoteInQuotes
    /// After a closing quote and `\r`.
    case lineEnd
    /// After an error nothing but a newline can be trusted.
    case lost
  }

  init(delimiter: UInt8 = Delimiter.comma, newline: UInt8 = UInt8(ascii: "\n")) {
    (self.delimiter, self.newline) = (delimiter, newline)
  }

  var report: Report {
    Report(newlines: newlines, openQuote: state == .quoted ? quoteLine : nil, strayText: strayLine)
  }

  /// The offset of the newline that ends the row, if it is in these bytes.
  mutating func find(in bytes: UnsafeRawBufferPointer) -> Int? {
    for i in bytes.indices {
      if bytes[i] == newline {
        newlines += 1
        if state != .quoted { return i }
      } else {
        step(bytes[i])
      }
    }
    return nil
  }

  private mutating func step(_ byte: UInt8) {
    switch (state, byte) {
    case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuotes
    case (.quoted, _), (.lost, _): break
    case (.cellStart, UInt8(ascii: "\"")):
      state = .quoted
      quoteLine = newlines
    case (.quoteInQuotes, UInt8(ascii: "\"")): state = .quoted
    case (.cellStart, delimiter), (.plain, delimiter), (.quoteInQuotes, delimiter):
      state = .cellStart
    case (.cellStart, _), (.plain, _): state = .plain
    case (.quoteInQuotes, UInt8(ascii: "\r")): state = .lineEnd
    case (.quoteInQuotes, _), (.lineEnd, _):
      state = .lost
      strayLine = newlines
    }
  }
}

/// The cells of one row, side by side in one array.
struct Cells: Sendable, Equatable {
  private(set) var bytes: [UInt8] = []
  private(set) var ends: [Int] = []

  var count: Int { ends.count }

  subscript(_ cell: Int) -> ArraySlice<UInt8> {
    bytes[(cell == 0 ? 0 : ends[cell - 1])..<ends[cell]]
  }

  /// Cells between tabs, as they are.
  init(tabbed row: [UInt8]) {
    bytes.reserveCapacity(row.count)
    for byte in row {
      if byte == UInt8(ascii: "\t") { ends.append(bytes.count) } else { bytes.append(byte) }
    }
    ends.append(bytes.count)
  }

  /// Cells between delimiters, quotes taken off.
  /// - `row`: one that `CSVScanner` found nothing wrong with.
  init(quoted row: [UInt8], delimiter: UInt8 = Delimiter.comma) {
    bytes.reserveCapacity(row.count)
    var isQuoted = false
    var atCellStart = true
    var afterQuote = false
    for byte in row {
      switch byte {
      case UInt8(ascii: "\"") where isQuoted:
        isQuoted = false
        afterQuote = true
        continue
      case UInt8(ascii: "\"") where atCellStart: isQuoted = true
      case UInt8(ascii: "\"") where afterQuote:
        isQuoted = true
        bytes.append(byte)
      case delimiter where !isQuoted:
        ends.append(bytes.count)
        atCellStart = true
        afterQuote = false
        continue
      // Only a line end can follow a closing quote, and this is all that is left of one.
      case UInt8(ascii: "\r") where afterQuote: break
      default: bytes.append(byte)
      }
      atCellStart = false
      afterQuote = false
    }
    ends.append(bytes.count)
  }
}
