/// Splits JSON into the elements of its arrays and the values beside them, as they come, over as many
/// lines as they like.
struct ValueSplitter: RowSplitter {
  private var line: Int
  /// How many bytes of the line are before what is pending.
  private var column = 0
  /// Where the array that is open began, and how many of its elements came.
  private var array: (line: Int, elements: Int)?
  private var expected = Expectation.element
  private var value: JSONScanner?
  /// The end of the bytes of the value that were looked at.
  private var scanned = 0
  /// What is wrong before the value that is being read.
  private var fault: RowFault?
  private(set) var isSkipping = false

  private enum Expectation {
    case element
    /// An element must follow a comma.
    case elementAfterComma
    case comma
  }

  init(line: Int = 1) { self.line = line }

  mutating func next(in buffer: inout RowBuffer) -> SplitStep {
    while true {
      if value == nil {
        switch passGap(of: &buffer) {
        case .value(let first): begin(first)
        case .fault(let found):
          return .row(RawRow(bytes: [], line: line, column: column, fault: found))
        case .nothing:
          guard buffer.isComplete else { return .hungry }
          guard let array else { return .end }
          self.array = nil
          return .row(RawRow(bytes: [], line: array.line, fault: .unclosed(line: array.line)))
        }
      }
      let end = buffer.withPending { bytes in
        value?.find(in: UnsafeRawBufferPointer(rebasing: bytes[scanned...]))
      }
      if let end {
        let skipped = isSkipping
        let row = take(scanned + end, of: &buffer)
        if skipped { continue }
        return .row(row)
      }
      scanned = buffer.pending
      if isSkipping || buffer.pending > RawRow.longest {
        let row = RawRow(
          bytes: [], line: line, column: column, element: array?.elements, fault: .tooLong)
        pass(buffer.pending, of: &buffer)
        scanned = 0
        if !isSkipping {
          isSkipping = true
          return .row(row)
        }
      }
      guard buffer.isComplete else { return .hungry }
      return last(of: &buffer)
    }
  }

  /// A value at the end of the file: a number or a word needs nothing after it.
  private mutating func last(of buffer: inout RowBuffer) -> SplitStep {
    let isClosed = value?.endsAnywhere == true
    let (skipped, started) = (isSkipping, line)
    let row = take(buffer.pending, of: &buffer)
    if isClosed, !skipped { return .row(row) }
    array = nil
    return isClosed ? .end : .row(RawRow(bytes: [], line: started, fault: .unclosed(line: started)))
  }

  private mutating func begin(_ first: UInt8) {
    if array != nil {
      if expected == .comma { fault = .array("a value follows another") }
      array?.elements += 1
    }
    value = JSONScanner(first)
    scanned = 0
  }

  private mutating func take(_ count: Int, of buffer: inout RowBuffer) -> RawRow {
    let isTooLong = count > RawRow.longest
    let row = RawRow(
      bytes: fault == nil && !isTooLong && !isSkipping ? buffer.copy(0..<count) : [], line: line,
      column: column, element: array?.elements, fault: fault ?? (isTooLong ? .tooLong : nil))
    pass(count, of: &buffer)
    (value, scanned, fault, isSkipping, expected) = (nil, 0, nil, false, .comma)
    return row
  }

  private enum Gap {
    /// A value comes, with this byte.
    case value(UInt8)
    case fault(RowFault)
    case nothing
  }

  /// Passes what is between values.
  private mutating func passGap(of buffer: inout RowBuffer) -> Gap {
    var position = 0
    var found = Gap.nothing
    while position < buffer.pending {
      let byte = buffer[position]
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: break
      case UInt8(ascii: "[") where array == nil:
        array = (line + newlines(before: position, in: buffer), 0)
        expected = .element
      case UInt8(ascii: "]") where array != nil:
        array = nil
        if expected == .elementAfterComma { found = .fault(.array("no value after a comma")) }
      case UInt8(ascii: ",") where array != nil:
        if expected != .comma { found = .fault(.array("no value before a comma")) }
        expected = .elementAfterComma
      default:
        pass(position, of: &buffer)
        return .value(byte)
      }
      position += 1
      if case .fault = found { break }
    }
    pass(position, of: &buffer)
    return found
  }

  private func newlines(before position: Int, in buffer: RowBuffer) -> Int {
    buffer.withPending { $0[..<position].count { $0 == 0x0A } }
  }

  /// Drops bytes, and keeps track of lines.
  private mutating func pass(_ count: Int, of buffer: inout RowBuffer) {
    let (newlines, tail) = buffer.withPending { bytes in
      let passed = bytes[..<count]
      let tail = passed.lastIndex(of: 0x0A).map { count - $0 - 1 }
      return (tail == nil ? 0 : passed.count { $0 == 0x0A }, tail)
    }
    line += newlines
    column = tail ?? column + count
    buffer.drop(count)
  }
}

/// Finds where a JSON value ends, over bytes that come in pieces; what is wrong in it is for the
/// parser to say.
struct JSONScanner {
  private var state: State
  private var depth = 0

  private enum State {
    case start
    /// Between the strings of an object or an array.
    case inside
    case string, escape
    /// A number, a word, or what else ends at a space or a mark.
    case word
  }

  init(_ first: UInt8) {
    state =
      switch first {
      case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""): .start
      default: .word
      }
  }

  /// Whether the end of the file can be its end.
  var endsAnywhere: Bool { state == .word }

  /// The offset of its end, if it is in these bytes, which follow those of the call before.
  mutating func find(in bytes: UnsafeRawBufferPointer) -> Int? {
    for i in bytes.indices {
      let byte = bytes[i]
      switch state {
      case .string:
        switch byte {
        case UInt8(ascii: "\""):
          if depth == 0 { return i + 1 }
          state = .inside
        case UInt8(ascii: "\\"): state = .escape
        // No string goes on in the next line: here a quote is missing, and all after it would be lost.
        case 0x0A:
          if depth == 0 { return i }
          state = .inside
        default: break
        }
      case .escape: state = .string
      case .start, .inside:
        switch byte {
        case UInt8(ascii: "\""): state = .string
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          depth += 1
          state = .inside
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          if depth <= 0 { return i + 1 }
        default: break
        }
      case .word:
        if depth > 0, Self.endsWords(byte) { return i }
        // The first byte belongs to it, whatever it is.
        depth = 1
      }
    }
    return nil
  }

  private static func endsWords(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "["),
      UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""):
      true
    default: false
    }
  }
}
