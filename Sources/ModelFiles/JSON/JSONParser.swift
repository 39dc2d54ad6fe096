/// Reads JSON (RFC 8259, no leniency) on to a tape, one value after the other: the chain of open
/// containers is on the tape itself, so depth costs neither stack nor heap.
struct JSONParser {
  /// What may stand at `position`, after whitespace.
  private enum Expectation { case value, firstElement, firstKey, key, separator }

  let bytes: UnsafeRawBufferPointer
  let maximumDepth: Int
  var position = 0
  private(set) var tape = ContiguousArray<JSONNode>()
  private var expected = Expectation.value
  private var depth = 0
  /// The tape index of the innermost open container, when `depth` is not 0.
  private var container = 0

  /// - Parameter bytes: fewer than 2³².
  init(_ bytes: UnsafeRawBufferPointer, maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
    // A compact vocabulary has a value per 8 … 12 bytes, and untouched pages cost nothing; the
    // bound, 256 MB of them, is for machines that do not lend memory on trust.
    tape.reserveCapacity(min(bytes.count / 8 + 16, 1 << 24))
  }

  /// One value and nothing else.
  mutating func document() throws(JSONSyntaxError) {
    while true {
      skipWhitespace()
      switch expected {
      case .firstElement where byte == UInt8(ascii: "]"): close()
      case .firstKey where byte == UInt8(ascii: "}"): close()
      case .firstElement, .value: try value()
      case .firstKey, .key: try key()
      case .separator where depth > 0: try separator()
      case .separator:
        if position < bytes.count { throw unexpected("the end of the text") }
        return
      }
    }
  }

  /// The byte at `position`; 0, which JSON never has outside of strings, at the end.
  var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

  private mutating func skipWhitespace() {
    // A local, because `position` would be stored at every step.
    var end = position
    while end < bytes.count, bytes[end] <= 0x20 {
      switch bytes[end] {
      case 0x20 where bytes.count &- end >= 8: end &+= ByteWord(bytes, at: end).spaces
      case 0x20, 0x0A, 0x0D, 0x09: end &+= 1
      default:
        position = end
        return
      }
    }
    position = end
  }

  private mutating func value() throws(JSONSyntaxError) {
    let start = position
    var escapes = false
    expected = .separator
    switch byte {
    case UInt8(ascii: "\""): escapes = try passString()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try passNumber()
    case UInt8(ascii: "["): return try open(.firstElement)
    case UInt8(ascii: "{"): return try open(.firstKey)
    case UInt8(ascii: "t"): try passWord("true")
    case UInt8(ascii: "f"): try passWord("false")
    case UInt8(ascii: "n"): try passWord("null")
    default: throw unexpected("a value")
    }
    append(from: start, escapes: escapes)
  }

  private mutating func key() throws(JSONSyntaxError) {
    guard byte == UInt8(ascii: "\"") else {
      throw unexpected(expected == .key ? "a key in quotes" : "a key in quotes or `}`")
    }
    let start = position
    append(from: start, escapes: try passString())
    skipWhitespace()
    guard byte == UInt8(ascii: ":") else { throw unexpected("`:` after a key") }
    position &+= 1
    expected = .value
  }

  private mutating func separator() throws(JSONSyntaxError) {
    let isObject = bytes[Int(tape[container].start)] == UInt8(ascii: "{")
    tape[container].count &+= 1
    switch byte {
    case UInt8(ascii: ","):
      position &+= 1
      expected = isObject ? .key : .value
    case UInt8(ascii: "}") where isObject: close()
    case UInt8(ascii: "]") where !isObject: close()
    default: throw unexpected(isObject ? "`,` or `}`" : "`,` or `]`")
    }
  }

  /// Puts the scalar `start ..< position` on the tape.
  private mutating func append(from start: Int, escapes: Bool) {
    tape.append(
      JSONNode(
        start: UInt32(truncatingIfNeeded: start),
        length: UInt32(truncatingIfNeeded: position &- start),
        count: escapes ? 1 : 0, next: UInt32(truncatingIfNeeded: tape.count &+ 1)))
  }

  private mutating func open(_ first: Expectation) throws(JSONSyntaxError) {
    guard depth < maximumDepth else {
      throw JSONSyntaxError(
        offset: position, problem: "nested deeper than \(maximumDepth) levels, the most allowed")
    }
    let enclosing = container
    container = tape.count
    tape.append(
      JSONNode(
        start: UInt32(truncatingIfNeeded: position), length: 0, count: 0,
        next: UInt32(truncatingIfNeeded: enclosing)))
    depth &+= 1
    position &+= 1
    expected = first
  }

  private mutating func close() {
    let closed = container
    container = Int(tape[closed].next)
    depth &-= 1
    position &+= 1
    tape[closed].length = UInt32(truncatingIfNeeded: position) &- tape[closed].start
    tape[closed].next = UInt32(truncatingIfNeeded: tape.count)
    expected = .separator
  }

  private mutating func passWord(_ word: StaticString) throws(JSONSyntaxError) {
    let end = position &+ word.utf8CodeUnitCount
    guard end <= bytes.count,
      bytes[position..<end].elementsEqual(
        UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    else {
      throw JSONSyntaxError(offset: position, problem: "expected `\(word)`, found another word")
    }
    position = end
  }
}

/// Where and why a text is not JSON; `JSONDocument` makes a `FileError` of it.
package struct JSONSyntaxError: Error {
  package let offset: Int
  package let problem: String

  /// "line 3, column 7": both counted from 1, columns in bytes.
  func position(in text: UnsafeRawBufferPointer) -> String {
    var line = 1
    var lineStart = 0
    for position in 0..<min(offset, text.count) where text[position] == UInt8(ascii: "\n") {
      line += 1
      lineStart = position + 1
    }
    return "line \(line), column \(offset - lineStart + 1)"
  }
}

extension JSONParser {
  /// "expected …, found …" at `position`.
  func unexpected(_ expected: String) -> JSONSyntaxError {
    JSONSyntaxError(offset: position, problem: "expected \(expected), found \(found)")
  }

  /// The byte at `position` in words.
  private var found: String {
    guard position < bytes.count else { return "the end of the text" }
    switch bytes[position] {
    case let byte where byte > 0x20 && byte < 0x7F: return "`\(Unicode.Scalar(byte))`"
    case let byte: return "the byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
}
