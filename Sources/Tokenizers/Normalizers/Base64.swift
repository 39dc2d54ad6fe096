/// The bytes that Base64 (RFC 4648, its first alphabet) stands for; nil if `text` is none: white
/// space, wrong padding and bits left over are not allowed.
func base64Decoded(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
  var count = text.count
  if count % 4 == 0, count > 0, text[count - 1] == UInt8(ascii: "=") {
    count -= text[count - 2] == UInt8(ascii: "=") ? 2 : 1
  }
  guard count % 4 != 1 else { return nil }
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count / 4 * 3 + 2)
  var bits: UInt32 = 0
  var bitCount: UInt32 = 0
  for position in 0..<count {
    guard let digit = sixBits(text[position]) else { return nil }
    bits = bits << 6 | digit
    bitCount += 6
    if bitCount >= 8 {
      bitCount -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
      bits &= 1 << bitCount - 1
    }
  }
  return bits == 0 ? bytes : nil
}

private func sixBits(_ character: UInt8) -> UInt32? {
  switch character {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
  case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
  case UInt8(ascii: "+"): 62
  case UInt8(ascii: "/"): 63
  default: nil
  }
}
