import Glibc

/// Splits at line ends, in csv at those outside quotes. What is longer than a row may be is dropped
/// as it comes.
struct LineSplitter: RowSplitter {
  /// The end of the bytes in which no end of the row was found.
  private var scanned = 0
  private var boundary: RowBoundary
  private var line: Int
  private(set) var isSkipping = false

  /// - `line`: the number of the first one that is left.
  init(_ boundary: RowBoundary, line: Int = 1) { (self.boundary, self.line) = (boundary, line) }

  mutating func next(in buffer: inout RowBuffer) -> SplitStep {
    let found = buffer.withPending { bytes in
      boundary.find(in: UnsafeRawBufferPointer(rebasing: bytes[scanned...]))
    }
    if let found {
      let newline = scanned + found
      if isSkipping {
        buffer.drop(newline + 1)
        line += boundary.finish().newlines
        (scanned, isSkipping) = (0, false)
        return next(in: &buffer)
      }
      return take(to: newline, next: newline + 1, of: &buffer)
    }
    scanned = buffer.pending
    // One byte over the limit may be the `\r` that does not count.
    if isSkipping || buffer.pending > RawRow.longest + 1 {
      buffer.drop(buffer.pending)
      scanned = 0
      // Reported at once: its end may never come.
      if !isSkipping {
        isSkipping = true
        return .row(RawRow(bytes: [], line: line, fault: .tooLong))
      }
    }
    guard buffer.isComplete else { return .hungry }
    guard buffer.pending > 0 || isUntakenFile else { return .end }
    return take(to: buffer.pending, next: buffer.pending, of: &buffer, isLast: true)
  }

  /// Whether all of the file is to be a row, be it empty.
  private var isUntakenFile: Bool {
    if case .file = boundary { line == 1 && !isSkipping } else { false }
  }

  private mutating func take(
    to finish: Int, next: Int, of buffer: inout RowBuffer, isLast: Bool = false
  ) -> SplitStep {
    var content = 0..<finish
    if !isLast, finish > 0, buffer[finish - 1] == UInt8(ascii: "\r") { content.removeLast() }
    var fault: RowFault?
    if case .tabbed(let newline) = boundary {
      guard let breaks = breaksCell(content, next, newline, buffer) else {
        // Looked at again when the line after it is there.
        scanned = finish
        return .hungry
      }
      if breaks { fault = .quoteInTabs }
    }
    let report = boundary.finish()
    if let line = report.openQuote, isLast {
      fault = .openQuote(line: self.line + line, escapes: buffer.escapesQuotes(content))
    } else if content.count > RawRow.longest {
      fault = .tooLong
    } else if let line = report.strayText {
      fault = .strayText(
        line: self.line + line, delimiter: boundary.delimiter,
        escapes: buffer.escapesQuotes(content))
    }
    let row = RawRow(bytes: fault == nil ? buffer.copy(content) : [], line: line, fault: fault)
    line += report.newlines
    buffer.drop(next)
    scanned = 0
    return .row(row)
  }

  /// Whether a line of a tsv file ends inside a cell in quotes: then the one after it has another
  /// number of cells, or closes them. `nil` if that one is not there yet.
  private func breaksCell(
    _ content: Range<Int>, _ next: Int, _ newline: UInt8, _ buffer: RowBuffer
  ) -> Bool? {
    buffer.withPending { bytes in
      let tab = UInt8(ascii: "\t")
      let row = UnsafeRawBufferPointer(rebasing: bytes[content])
      var scanner = CSVScanner(delimiter: tab, newline: newline)
      guard let base = row.baseAddress, memchr(base, 0x22, row.count) != nil else { return false }
      _ = scanner.find(in: row)
      guard scanner.report.openQuote != nil else { return false }
      // Empty lines between rows say nothing.
      let rest = bytes[min(next, bytes.count)...].drop { $0 == newline || $0 == 0x0D }
      let end = rest.firstIndex(of: newline)
      // Empty lines count, or a file of them would be kept without end.
      if end == nil, !buffer.isComplete, bytes.count - next <= RawRow.longest { return nil }
      let after = rest[..<(end ?? rest.endIndex)]
      guard !after.isEmpty else { return false }
      let tabs = row.count { $0 == tab }
      if after.count(where: { $0 == tab }) != tabs { return true }
      _ = scanner.find(in: UnsafeRawBufferPointer(rebasing: after))
      return tabs == 0 && scanner.report.openQuote == nil && scanner.report.strayText == nil
    }
  }
}

extension RowBuffer {
  /// Whether a quote has a backslash before it.
  fileprivate func escapesQuotes(_ range: Range<Int>) -> Bool {
    withPending { bytes in
      zip(bytes[range], bytes[range].dropFirst()).contains { $0 == 0x5C && $1 == 0x22 }
    }
  }
}

/// Finds where a row ends, over bytes that come in pieces.
enum RowBoundary {
  /// A line of text or of tsv, ended by this byte.
  case line(UInt8)
  case tabbed(UInt8)
  case record(CSVScanner)
  /// All of the file is one row.
  case file

  /// What is between cells.
  var delimiter: UInt8 {
    if case .record(let scanner) = self { scanner.delimiter } else { UInt8(ascii: "\t") }
  }

  /// The offset of the newline that ends the row, if it is in these bytes, which follow those
  /// of the call before.
  mutating func find(in bytes: UnsafeRawBufferPointer) -> Int? {
    switch self {
    case .line(let newline), .tabbed(let newline):
      guard let base = bytes.baseAddress, let hit = memchr(base, Int32(newline), bytes.count) else {
        return nil
      }
      return UnsafeRawPointer(hit) - base
    case .record(var scanner):
      let found = scanner.find(in: bytes)
      self = .record(scanner)
      return found
    case .file: return nil
    }
  }

  /// What was found in the row; starts the next one.
  mutating func finish() -> CSVScanner.Report {
    guard case .record(let scanner) = self else { return .init(newlines: 1) }
    self = .record(CSVScanner(delimiter: scanner.delimiter, newline: scanner.newline))
    return scanner.report
  }
}
