extension JSONParser {
  /// Passes the number that begins at `position` with `-` or a digit.
  mutating func passNumber() throws(JSONSyntaxError) {
    if byte == UInt8(ascii: "-") { position &+= 1 }
    let first = position
    try passDigits("a digit")
    if position &- first > 1, bytes[first] == UInt8(ascii: "0") {
      throw JSONSyntaxError(offset: first, problem: "expected a number without leading zeros")
    }
    if byte == UInt8(ascii: ".") {
      position &+= 1
      try passDigits("a digit after the point")
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      position &+= 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position &+= 1 }
      try passDigits("a digit in the exponent")
    }
  }

  private mutating func passDigits(_ expected: StaticString) throws(JSONSyntaxError) {
    var end = position
    while end < bytes.count, bytes[end] &- UInt8(ascii: "0") < 10 { end &+= 1 }
    if end == position { throw unexpected("\(expected)") }
    position = end
  }
}

/// The value of an integer's text, `-?[0-9]+`; nil for other numbers and when it overflows.
func wholeNumber(_ text: UnsafeRawBufferPointer) -> Int? {
  let isNegative = text.first == UInt8(ascii: "-")
  var value = 0
  for byte in text.dropFirst(isNegative ? 1 : 0) {
    let digit = byte &- UInt8(ascii: "0")
    guard digit < 10 else { return nil }
    let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
    // Down for negative numbers, because the smallest has no positive twin.
    let (sum, carry) =
      isNegative
      ? tenfold.subtractingReportingOverflow(Int(digit))
      : tenfold.addingReportingOverflow(Int(digit))
    if overflow || carry { return nil }
    value = sum
  }
  return value
}

/// Whether a number's text has neither point nor exponent.
func isWholeNumber(_ text: UnsafeRawBufferPointer) -> Bool {
  text.allSatisfy { $0 <= UInt8(ascii: "9") && $0 != UInt8(ascii: ".") }
}

/// The double nearest to a number's text, ties to even; nil when that is beyond the finite ones.
func nearestDouble(_ text: UnsafeRawBufferPointer) -> Double? {
  if let double = shortDouble(text) { return double }
  return Double(String(decoding: text, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
}

/// The same for a number of at most 19 digits without exponent, as nearly all in model files are
/// (a third of `strtod`'s time); nil for others.
private func shortDouble(_ text: UnsafeRawBufferPointer) -> Double? {
  // 10¹⁹ < 2⁶⁴, so neither integer overflows; sign and point are the other two bytes.
  guard text.count <= 21 else { return nil }
  var digits: UInt64 = 0
  var digitCount = 0
  var scale: UInt64 = 1
  var isFraction = false
  var isNegative = false
  for byte in text {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      digits = digits &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
      digitCount &+= 1
      if isFraction { scale = scale &* 10 }
    case UInt8(ascii: "."): isFraction = true
    case UInt8(ascii: "-"): isNegative = true
    default: return nil
    }
  }
  guard digitCount <= 19 else { return nil }
  let magnitude = nearestQuotient(digits, scale)
  return isNegative ? -magnitude : magnitude
}

/// The double nearest to `dividend / divisor`, ties to even; `divisor` is not 0.
private func nearestQuotient(_ dividend: UInt64, _ divisor: UInt64) -> Double {
  if dividend == 0 || divisor == 0 { return 0 }
  let (up, down) = (dividend.leadingZeroBitCount, divisor.leadingZeroBitCount)
  // Both in 2⁶³ ..< 2⁶⁴, so the quotient · 2⁶³ has 63 or 64 bits, ten more than a double: its
  // last one can stand for all that the division left over.
  let (top, bottom) = (dividend &<< up, divisor &<< down)
  let (quotient, rest) = bottom.dividingFullWidth((top &>> 1, top &<< 63))
  let rounded = Double(rest == 0 ? quotient : quotient | 1)
  return rounded * Double(sign: .plus, exponent: down - up - 63, significand: 1)
}
