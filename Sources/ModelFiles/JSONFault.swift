/// Where and why a text is not JSON; `JSONDocument` makes a `FileError` of it.
struct JSONFault: Error {
  let offset: Int
  let problem: String

  /// "line 3, column 7": both counted from 1, columns in bytes.
  func place(in text: UnsafeRawBufferPointer) -> String {
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
  func unexpected(_ expected: String) -> JSONFault {
    JSONFault(offset: position, problem: "expected \(expected), found \(found)")
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
