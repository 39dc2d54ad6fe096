/// Decodes Base64 (RFC 4648, standard alphabet); nil if `text` is invalid: white space, wrong
/// padding and leftover bits are not allowed. Foundation's decoder accepts leftover bits, which the
/// reference refuses.
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

/// Base64 (RFC 4648, its first alphabet), with padding.
func base64Encoded(_ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  text.reserveCapacity((bytes.count + 2) / 3 * 4)
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[start..<min(start + 3, bytes.count)]
    let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
    for index in 0..<4 {
      let isPadding = index > group.count
      text.append(
        isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)])
    }
  }
  return String(decoding: text, as: UTF8.self)
}
