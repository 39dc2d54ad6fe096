/// The offset of the first byte that is not part of well-formed UTF-8, or nil when all are.
package func firstInvalidUTF8(_ bytes: UnsafeRawBufferPointer) -> Int? {
  var position = 0
  while position < bytes.count {
    if bytes.count &- position >= 8, ByteWord(bytes, at: position).isASCII {
      position &+= 8
      continue
    }
    let length = wellFormedLength(bytes, at: position)
    if length == 0 { return position }
    position &+= length
  }
  return nil
}

/// The length of the UTF-8 sequence at `position`, 1 … 4, or 0 when it is cut short, overlong, a
/// surrogate or beyond U+10FFFF (The Unicode Standard, table 3-7).
func wellFormedLength(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
  guard position < bytes.count else { return 0 }
  let lead = bytes[position]
  if lead < 0x80 { return 1 }
  let (length, second): (Int, ClosedRange<UInt8>) =
    switch lead {
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xED: (3, 0x80...0x9F)
    case 0xE1...0xEF: (3, 0x80...0xBF)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    default: (0, 0x80...0xBF)
    }
  guard length > 0, bytes.count &- position >= length, second ~= bytes[position &+ 1] else {
    return 0
  }
  if length > 2, bytes[position &+ 2] & 0xC0 != 0x80 { return 0 }
  if length > 3, bytes[position &+ 3] & 0xC0 != 0x80 { return 0 }
  return length
}
