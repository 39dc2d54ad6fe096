import ModelFiles

/// Reads the scores of pieces as serde_json 1.0 does where it is not asked for exactness: the
/// digits as one integer, divided or multiplied once by a power of ten. One score in eight so
/// differs from the nearest double in its last bit, which decides between paths of equal worth.
struct UnigramScore {
  /// 10⁰ … 10³⁰⁸, each the nearest double.
  private static let powers: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }

  private var significand: UInt64 = 0
  private var exponent = 0

  /// The value of a number's text, which has been parsed; nil beyond the finite doubles.
  static func value(_ text: UnsafeRawBufferPointer) -> Double? {
    var score = Self()
    let isNegative = text.first == UInt8(ascii: "-")
    var position = score.readDigits(text, from: isNegative ? 1 : 0)
    if position < text.count, text[position] == UInt8(ascii: ".") {
      position = score.readFraction(text, from: position + 1)
    }
    if position < text.count { score.readExponent(text, from: position + 1) }
    return score.magnitude().map { isNegative ? -$0 : $0 }
  }

  /// Digits that would exceed 64 bits only count.
  private mutating func readDigits(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    while position < text.count, append(text[position]) { position += 1 }
    while position < text.count, Self.digit(text[position]) != nil {
      exponent += 1
      position += 1
    }
    return position
  }

  /// Digits from the first that would exceed 64 bits on are passed over.
  private mutating func readFraction(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
    var position = start
    while position < text.count, append(text[position]) {
      exponent -= 1
      position += 1
    }
    while position < text.count, Self.digit(text[position]) != nil { position += 1 }
    return position
  }

  private mutating func readExponent(_ text: UnsafeRawBufferPointer, from start: Int) {
    var value = 0
    for byte in text[start...] {
      guard let digit = Self.digit(byte) else { continue }
      // Beyond 32 bits every number is 0 or too large.
      value = min(value * 10 + Int(digit), Int(Int32.max))
    }
    let isNegative = start < text.count && text[start] == UInt8(ascii: "-")
    exponent += isNegative ? -value : value
  }

  /// False if `byte` is no digit, or one too many.
  private mutating func append(_ byte: UInt8) -> Bool {
    guard let digit = Self.digit(byte) else { return false }
    let (tenfold, overflow) = significand.multipliedReportingOverflow(by: 10)
    let (sum, carry) = tenfold.addingReportingOverflow(digit)
    if overflow || carry { return false }
    significand = sum
    return true
  }

  private static func digit(_ byte: UInt8) -> UInt64? {
    let digit = byte &- UInt8(ascii: "0")
    return digit < 10 ? UInt64(digit) : nil
  }

  private func magnitude() -> Double? {
    var value = Double(significand)
    if value == 0 { return value }
    var exponent = exponent
    while exponent < -308 {
      value /= 1e308
      if value == 0 { return value }
      exponent += 308
    }
    guard exponent <= 308 else { return nil }
    value = exponent < 0 ? value / Self.powers[-exponent] : value * Self.powers[exponent]
    return value.isFinite ? value : nil
  }
}

extension JSON {
  /// A number as serde_json reads it.
  func score() throws -> Double {
    guard kind == .number, let value = withSource(UnigramScore.value) else {
      throw mismatch("a score, a number between -1.8e308 and 1.8e308")
    }
    return value
  }
}
