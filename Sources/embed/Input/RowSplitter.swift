import Glibc
import ModelFiles

/// Splits a file's bytes, as they arrive, into raw rows, in the memory of a row's limit and one
/// chunk; what is longer is dropped as it comes.
struct RowSplitter {
  /// The bytes of a row, of a CSV row with all its lines.
  static let longestRow = 16 << 20
  private static let chunk = 256 << 10

  private var buffer: [UInt8] = []
  /// `buffer[start..<end]` is the row that is being collected and what follows it.
  private var start = 0
  private var end = 0
  /// The end of the bytes in which no end of the row was found.
  private var scanned = 0
  private var boundary: RowBoundary
  private var line = 1
  /// Whether what comes is the rest of a row that was too long and has been reported.
  private(set) var isSkipping = false
  private var atFileStart = true
  private var atEnd = false

  init(quoted: Bool) { boundary = quoted ? .record(CSVScanner()) : .line }

  /// The bytes that were read and are in no row yet.
  var pending: Int { end - start }

  /// Reads what the file has, and returns the number of bytes; `nil` for nothing yet.
  mutating func fill(from file: InputFile, waiting: Bool) throws -> Int? {
    makeRoom()
    let reading = try buffer.withUnsafeMutableBytes { bytes in
      try file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...]), waiting: waiting)
    }
    switch reading {
    case .bytes(let count):
      end += count
      return count
    case .nothingYet: return nil
    case .end:
      atEnd = true
      return 0
    }
  }

  /// Moves the row to the buffer's start and makes it a chunk longer than that.
  private mutating func makeRoom() {
    if start > 0 {
      buffer.withUnsafeMutableBytes { bytes in
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      }
      end -= start
      scanned -= start
      start = 0
    }
    if buffer.count - end < Self.chunk {
      let size = max(end + Self.chunk, min(2 * buffer.count, Self.longestRow + 2 * Self.chunk))
      var larger = [UInt8](repeating: 0, count: size)
      larger.withUnsafeMutableBytes { $0.copyBytes(from: buffer[..<end]) }
      buffer = larger
    }
  }

  /// The next row that is complete; `.hungry` asks for `fill`, `.end` comes once all are out.
  mutating func next() -> Step {
    guard dropByteOrderMark() else { return .hungry }
    let found = buffer.withUnsafeBytes { bytes in
      boundary.find(in: UnsafeRawBufferPointer(rebasing: bytes[scanned..<end]))
    }
    if let found {
      let newline = scanned + found
      if isSkipping {
        skip(to: newline + 1)
        return next()
      }
      return .row(takeRow(to: newline, next: newline + 1))
    }
    scanned = end
    // One byte over the limit may be the `\r` that does not count.
    if isSkipping || end - start > Self.longestRow + 1 {
      start = end
      // Reported at once: its end may never come.
      if !isSkipping {
        isSkipping = true
        return .row(RawRow(bytes: [], line: line, fault: .tooLong))
      }
    }
    guard atEnd else { return .hungry }
    guard end > start else { return .end }
    return .row(takeRow(to: end, next: end, isLast: true))
  }

  enum Step {
    case row(RawRow)
    case hungry
    case end
  }

  /// Continues after a row that has been reported.
  private mutating func skip(to next: Int) {
    line += boundary.finish().newlines
    (start, scanned, isSkipping) = (next, next, false)
  }

  private mutating func takeRow(to finish: Int, next: Int, isLast: Bool = false) -> RawRow {
    var content = start..<finish
    if !isLast, let last = content.last, buffer[last] == UInt8(ascii: "\r") { content.removeLast() }
    let report = boundary.finish()
    let fault: RowFault? =
      if let line = report.openQuote, isLast {
        .openQuote(line: self.line + line)
      } else if content.count > Self.longestRow {
        .tooLong
      } else if let line = report.strayText {
        .strayText(line: self.line + line)
      } else {
        nil
      }
    let row = RawRow(bytes: fault == nil ? Array(buffer[content]) : [], line: line, fault: fault)
    line += report.newlines
    start = next
    scanned = next
    return row
  }

  /// Drops a byte order mark at the file's start.
  /// - Returns: whether enough of the file is there to know that there is none, or no longer
  private mutating func dropByteOrderMark() -> Bool {
    guard atFileStart else { return true }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let head = buffer[start..<min(end, start + mark.count)]
    if head.count < mark.count, mark.starts(with: head), !atEnd { return false }
    if head.elementsEqual(mark) {
      start += mark.count
      scanned = start
    }
    atFileStart = false
    return true
  }
}

/// Finds where a row ends, over bytes that come in pieces.
enum RowBoundary {
  case line
  case record(CSVScanner)

  /// The offset of the newline that ends the row, if it is in these bytes, which follow those
  /// of the call before.
  mutating func find(in bytes: UnsafeRawBufferPointer) -> Int? {
    switch self {
    case .line:
      guard let base = bytes.baseAddress, let hit = memchr(base, 0x0A, bytes.count) else {
        return nil
      }
      return UnsafeRawPointer(hit) - base
    case .record(var scanner):
      let found = scanner.find(in: bytes)
      self = .record(scanner)
      return found
    }
  }

  /// What was found in the row; starts the next one.
  mutating func finish() -> CSVScanner.Report {
    guard case .record(let scanner) = self else { return .init(newlines: 1) }
    self = .record(CSVScanner())
    return scanner.report
  }
}

/// A row as it is in the file, without its line end.
struct RawRow: Equatable {
  /// Empty where there is a fault.
  let bytes: [UInt8]
  let line: Int
  let fault: RowFault?

  /// What is wrong with the row's bytes, and on which of its lines.
  /// - `file`: as messages name it.
  func problem(in file: String) -> RowProblem? {
    var line = line
    let reason: String
    switch fault {
    case .tooLong: reason = "longer than \(RowSplitter.longestRow >> 20) MiB; split the row"
    case .openQuote(let opened):
      line = opened
      reason = "a quote opens here and is never closed; close it, or double it if it is text"
    case .strayText(let strayed):
      line = strayed
      reason =
        "text after a closing quote, where a comma or the line's end should be; "
        + "write a quote inside quotes twice"
    case nil:
      guard let offset = bytes.withUnsafeBytes(firstInvalidUTF8) else { return nil }
      let before = bytes[..<offset]
      line += before.count { $0 == 0x0A }
      let column = offset - (before.lastIndex(of: 0x0A) ?? -1)
      let byte = String(bytes[offset], radix: 16, uppercase: true)
      reason = "not UTF-8 (byte 0x\(byte) at column \(column)); convert the file to UTF-8"
    }
    return RowProblem(RowLocation(file: file, line: line), reason)
  }
}

/// Why a row's bytes cannot be used.
enum RowFault: Equatable {
  case tooLong
  /// The line of the quote that is still open at the file's end.
  case openQuote(line: Int)
  /// The line of something other than a comma behind a closing quote.
  case strayText(line: Int)
}
