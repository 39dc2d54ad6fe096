/// What a backslash in a JSON string turned out to begin.
enum JSONEscape {
  case scalar(Unicode.Scalar, length: Int)
  case loneSurrogate
  case unknown

  /// Reads the escape whose backslash is at `position`.
  init(_ bytes: UnsafeRawBufferPointer, at position: Int) {
    guard position < bytes.count &- 1 else {
      self = .unknown
      return
    }
    switch bytes[position &+ 1] {
    case UInt8(ascii: "\""): self = .scalar("\"", length: 2)
    case UInt8(ascii: "\\"): self = .scalar("\\", length: 2)
    case UInt8(ascii: "/"): self = .scalar("/", length: 2)
    case UInt8(ascii: "b"): self = .scalar("\u{8}", length: 2)
    case UInt8(ascii: "f"): self = .scalar("\u{C}", length: 2)
    case UInt8(ascii: "n"): self = .scalar("\n", length: 2)
    case UInt8(ascii: "r"): self = .scalar("\r", length: 2)
    case UInt8(ascii: "t"): self = .scalar("\t", length: 2)
    default: self = Self.unicode(bytes, at: position)
    }
  }

  /// `\uXXXX`, or two of them that are one scalar in UTF-16.
  private static func unicode(_ bytes: UnsafeRawBufferPointer, at position: Int) -> JSONEscape {
    guard let first = codeUnit(bytes, at: position) else { return .unknown }
    if let scalar = Unicode.Scalar(first) { return .scalar(scalar, length: 6) }
    guard first < 0xDC00, let second = codeUnit(bytes, at: position &+ 6),
      0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x10000 &+ ((first &- 0xD800) << 10) &+ (second &- 0xDC00))
    else { return .loneSurrogate }
    return .scalar(scalar, length: 12)
  }

  /// The value of the `\uXXXX` at `position`, if that is what stands there.
  private static func codeUnit(_ bytes: UnsafeRawBufferPointer, at position: Int) -> UInt32? {
    guard bytes.count &- position >= 6, bytes[position] == UInt8(ascii: "\\"),
      bytes[position &+ 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt32 = 0
    for byte in bytes[position &+ 2..<position &+ 6] {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte &- UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte &- UInt8(ascii: "a") &+ 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte &- UInt8(ascii: "A") &+ 10
      default: return nil
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

extension JSONParser {
  /// Passes the string that begins at `position`, and says whether it has escapes.
  mutating func passString() throws(JSONSyntaxError) -> Bool {
    let start = position
    var escapes = false
    position &+= 1
    while position < bytes.count {
      if bytes.count &- position >= 8 {
        let plain = ByteWord(bytes, at: position).plain(ascii: true)
        position &+= plain
        if plain == 8 { continue }
      }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position &+= 1
        return escapes
      case UInt8(ascii: "\\"):
        escapes = true
        try passEscape()
      case 0..<0x20: throw unexpected("an escape for a control character")
      case 0..<0x80: position &+= 1
      default: try passWideCharacter()
      }
    }
    throw JSONSyntaxError(
      offset: start, problem: "the string that begins here has no closing quote")
  }

  private mutating func passEscape() throws(JSONSyntaxError) {
    switch JSONEscape(bytes, at: position) {
    case .scalar(_, let length): position &+= length
    case .loneSurrogate:
      throw JSONSyntaxError(
        offset: position, problem: "expected a pair of surrogate escapes, found one alone")
    case .unknown:
      throw JSONSyntaxError(
        offset: position,
        problem: #"expected one of the escapes \" \\ \/ \b \f \n \r \t \uXXXX, found another"#)
    }
  }

  private mutating func passWideCharacter() throws(JSONSyntaxError) {
    let length = wellFormedLength(bytes, at: position)
    guard length > 0 else { throw unexpected("well-formed UTF-8") }
    position &+= length
  }
}

/// The bytes that a string stands for, of the text between its quotes, which has been parsed.
func unescaped(_ text: UnsafeRawBufferPointer) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(text.count)
  var position = 0
  while position < text.count {
    if text[position] == UInt8(ascii: "\\"),
      case .scalar(let scalar, let length) = JSONEscape(text, at: position)
    {
      result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      position &+= length
    } else {
      result.append(text[position])
      position &+= 1
    }
  }
  return result
}
