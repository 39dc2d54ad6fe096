import Glibc

/// How a file's bytes are divided into rows, as the first of them show.
struct Layout: Equatable {
  /// What ends a line.
  var newline = UInt8(ascii: "\n")
  /// What is between the cells of a table.
  var delimiter = Delimiter.comma
  /// Whether the rows are values of JSON, wherever lines end.
  var isJSON = false
  /// What comes before the first row and is not for it: how many bytes, and lines.
  var skipped = (bytes: 0, lines: 0)

  static func == (a: Layout, b: Layout) -> Bool {
    (a.newline, a.delimiter, a.isJSON) == (b.newline, b.delimiter, b.isJSON)
      && a.skipped == b.skipped
  }
}

/// Looks for a file's layout in its first bytes, as they come. No row that is complete waits for it.
struct LayoutSearch {
  let format: ResolvedFormat
  let wanted: WantedFields
  /// The end of the bytes in which no line feed was found outside quotes, nor a first JSON value.
  private var seen = 0
  private var hasReturn = false
  private var isQuoted = false
  private var newline: UInt8?
  private var json = JSONStart()

  init(_ format: ResolvedFormat, _ wanted: WantedFields) {
    (self.format, self.wanted) = (format, wanted)
  }

  /// The layout, or `nil` if more bytes are needed.
  /// - `bytes`: all from the file's first on, but for a byte order mark.
  /// - `isComplete`: whether no more will come
  mutating func layout(_ bytes: UnsafeRawBufferPointer, isComplete: Bool) -> Layout? {
    // As far as a row may go, its end is looked for.
    let isWhole = isComplete || bytes.count > RawRow.longest
    switch format.kind {
    case .files: return Layout()
    case .json where format.isAsked: return Layout(isJSON: true)
    case .json, .jsonl:
      if !format.isAsked {
        guard let isJSON = json.spansLines(bytes, isWhole: isWhole) else { return nil }
        if isJSON { return Layout(isJSON: true) }
      }
      return lineEnd(bytes, isWhole: isWhole).map { Layout(newline: $0) }
    case .lines: return lineEnd(bytes, isWhole: isWhole).map { Layout(newline: $0) }
    case .tsv:
      return lineEnd(bytes, isWhole: isWhole)
        .map { Layout(newline: $0, delimiter: UInt8(ascii: "\t")) }
    case .csv: return table(bytes, isWhole: isWhole)
    }
  }

  private mutating func table(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Layout? {
    guard let newline = lineEnd(bytes, isWhole: isWhole) else { return nil }
    var layout = Layout(newline: newline)
    // Excel's first line may say it: `sep=;`.
    let line = bytes.prefix { $0 != newline }
    let mark = "sep=".utf8
    var said = line.starts(with: mark) ? line.dropFirst(mark.count) : line.prefix(0)
    if said.last == 0x0D { said.removeLast() }
    if let delimiter = said.first, said.count == 1, Delimiter.isOne(delimiter) {
      layout.skipped = (min(line.count + 1, bytes.count), 1)
      layout.delimiter = delimiter
    } else {
      guard
        let found = format.delimiter
          ?? Delimiter.found(in: bytes, newline: newline, isWhole: isWhole, wanted)
      else { return nil }
      layout.delimiter = found
    }
    layout.delimiter = format.delimiter ?? layout.delimiter
    return layout
  }

  /// What ends lines: a line feed, or a carriage return where there is no line feed at all.
  private mutating func lineEnd(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> UInt8? {
    if let newline { return newline }
    let (feed, carriage) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    let new = UnsafeRawBufferPointer(rebasing: bytes[min(seen, bytes.count)...])
    if format.kind == .csv ? feedOutsideQuotes(bytes) : new.contains(feed) {
      newline = feed
    } else {
      if !hasReturn, format.kind != .csv { hasReturn = new.contains(carriage) }
      seen = bytes.count
      if isWhole { newline = hasReturn ? carriage : feed }
    }
    return newline
  }

  /// Whether a line feed comes outside quotes, in which Excel writes one where its lines end in
  /// carriage returns. A quote opens where a cell may begin, whatever is between cells.
  private mutating func feedOutsideQuotes(_ bytes: UnsafeRawBufferPointer) -> Bool {
    for i in min(seen, bytes.count)..<bytes.count {
      switch bytes[i] {
      case UInt8(ascii: "\""):
        // A doubled quote closes and opens again.
        let before = i > 0 ? bytes[i - 1] : UInt8(ascii: "\n")
        isQuoted =
          !isQuoted
          && (before == 0x0A || before == 0x0D || before == 0x22 || before == format.delimiter
            || Delimiter.known.contains(before))
      case UInt8(ascii: "\n") where !isQuoted: return true
      case UInt8(ascii: "\r") where !isQuoted: hasReturn = true
      default: break
      }
    }
    return false
  }
}

/// Whether a file of JSON has an array or an object that goes over several lines, or an object a line.
struct JSONStart {
  private var scanner: JSONScanner?
  private var seen = 0

  /// - Returns: `nil` where more bytes are needed
  mutating func spansLines(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Bool? {
    while scanner == nil {
      guard seen < bytes.count else { return isWhole ? false : nil }
      switch bytes[seen] {
      case 0x20, 0x09, 0x0A, 0x0D: seen += 1
      case UInt8(ascii: "["): return true
      case UInt8(ascii: "{"): scanner = JSONScanner(bytes[seen])
      default: return false
      }
    }
    // Up to the line's end, or the object's.
    while seen < bytes.count {
      if bytes[seen] == 0x0A || bytes[seen] == 0x0D { return goesOn(bytes, isWhole: isWhole) }
      let byte = UnsafeRawBufferPointer(rebasing: bytes[seen...seen])
      if scanner?.find(in: byte) != nil { return false }
      seen += 1
    }
    return isWhole ? false : nil
  }

  /// Whether an object goes on behind the line's end at `seen`, or is only broken.
  private func goesOn(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Bool? {
    let before = bytes[..<seen].last { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
    if let before, "{[,:".utf8.contains(before) { return true }
    guard let after = bytes[seen...].first(where: { $0 > 0x20 }) else {
      return isWhole ? false : nil
    }
    return ",}]:".utf8.contains(after)
  }
}
