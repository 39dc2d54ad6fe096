/// Where a CSV row ends: at the first newline outside quotes (RFC 4180), over bytes in pieces.
struct CSVScanner {
  private var state = State.cellStart
  private var newlines = 0
  private var quoteLine = 0
  private var strayLine: Int?

  /// What a row's bytes showed; lines are counted from the row's first.
  struct Report {
    /// How many, the one that ends the row included.
    var newlines: Int
    /// The line of the quote that is still open.
    var openQuote: Int? = nil
    /// The line of the first text behind a closing quote.
    var strayText: Int? = nil
  }

  private enum State {
    case cellStart, plain, quoted
    /// Behind a quote inside quotes: the cell's end, or the first of a doubled one.
    case quoteInQuotes
    /// Behind a closing quote and `\r`.
    case lineEnd
    /// Behind an error nothing but a newline can be trusted.
    case lost
  }

  var report: Report {
    Report(
      newlines: newlines, openQuote: state == .quoted ? quoteLine : nil, strayText: strayLine)
  }

  /// The offset of the newline that ends the row, if it lies in these bytes.
  mutating func find(in bytes: UnsafeRawBufferPointer) -> Int? {
    for i in bytes.indices {
      if bytes[i] == UInt8(ascii: "\n") {
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
    case (.cellStart, UInt8(ascii: ",")), (.plain, UInt8(ascii: ",")),
      (.quoteInQuotes, UInt8(ascii: ",")):
      state = .cellStart
    case (.cellStart, _), (.plain, _): state = .plain
    case (.quoteInQuotes, UInt8(ascii: "\r")): state = .lineEnd
    case (.quoteInQuotes, _), (.lineEnd, _):
      state = .lost
      strayLine = newlines
    }
  }
}
