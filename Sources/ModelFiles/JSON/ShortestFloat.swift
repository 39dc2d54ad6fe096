/// The decimal of the fewest digits that reads back as the same Float32, the nearest among those.
/// The digits are Schubfach's (Raffaello Giulietti, "The Schubfach way to render doubles", 2020),
/// narrowed to 32 bits: they are those of `Float.description`, without a String for each.
struct ShortestFloat {
  /// Bytes that `write` may touch: the longest decimal (`-0.000123456789`, `-1.23456789e-38`) has
  /// 15, and digits are stored eight at a time.
  static let room = 24

  /// At least `PowersOfTen.table.count` elements, alive as long as this value is used.
  let powers: UnsafePointer<UInt64>

  /// Writes a finite number as JSON has it at `room` writable bytes; returns its length, at most 15.
  func write(_ value: Float, at bytes: UnsafeMutableRawPointer) -> Int {
    guard value != 0 else { return Self.writeZero(value, at: bytes) }
    // The sign is written in any case, and written over where there is none.
    bytes.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self)
    let sign = Int(value.bitPattern >> 31)
    let (significand, exponent) = decimal(value.magnitude.bitPattern)
    return sign + Self.layOut(significand, exponent, at: bytes + sign)
  }

  /// Zero has no digits to find. The negative one keeps its point, because readers take `-0` for
  /// the integer zero, which has no sign.
  private static func writeZero(_ value: Float, at bytes: UnsafeMutableRawPointer) -> Int {
    let text: StaticString = value.sign == .minus ? "-0.0" : "0"
    bytes.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
    return text.utf8CodeUnitCount
  }

  /// The number as `significand · 10^exponent`.
  /// - `bits`: those of a positive finite Float.
  private func decimal(_ bits: UInt32) -> (significand: UInt32, exponent: Int) {
    let fraction = bits & 0x7F_FFFF
    let biased = Int(bits >> 23)
    // The number is c · 2^q.
    let c = biased == 0 ? fraction : fraction | 0x80_0000
    let q = max(biased, 1) - 150
    // Whole numbers below 2^24 are their own shortest decimal, but for zeros at the end.
    if q <= 0, q > -24, c & (1 << UInt32(-q) &- 1) == 0 { return (c >> UInt32(-q), 0) }

    // Below a power of two the neighbour is half as far.
    let isNarrow = fraction == 0 && biased > 1
    // floor(log10(2^q)), or of 3/4 · 2^q.
    let k = (q &* 1_262_611 &- (isNarrow ? 524_031 : 0)) >> 22
    let power = powers[-k &- PowersOfTen.lowest]
    // 1 + q + floor(log2(10^-k)), within 1...4.
    let shift = UInt32(truncatingIfNeeded: q &+ (-k &* 1_741_647) >> 19 &+ 1)
    let odd = c & 1
    let lower = Self.roundedToOdd(power, (4 &* c &- (isNarrow ? 1 : 2)) << shift) &+ odd
    let upper = Self.roundedToOdd(power, (4 &* c &+ 2) << shift) &- odd
    return Self.nearest(
      Self.roundedToOdd(power, 4 &* c << shift), within: lower, upper, exponent: k)
  }

  /// The shortest multiple of a power of ten between the bounds, the nearest where there are two.
  /// - Shapes: all three are four times a number of units of `10^exponent`.
  private static func nearest(
    _ middle: UInt32, within lower: UInt32, _ upper: UInt32, exponent: Int
  ) -> (significand: UInt32, exponent: Int) {
    // No early return: which of the three it is cannot be predicted, and a wrong prediction costs
    // more than all of them.
    let units = middle >> 2
    let tens = units / 10
    let belowTen = lower <= 40 &* tens ? 1 : 0 as UInt32
    let aboveTen = 40 &* tens &+ 40 <= upper ? 1 : 0 as UInt32
    let below = lower <= 4 &* units ? 1 : 0 as UInt32
    let above = 4 &* units &+ 4 <= upper ? 1 : 0 as UInt32
    let half = 4 &* units &+ 2
    let roundsUp = middle > half || middle == half && units & 1 != 0 ? 1 : 0 as UInt32
    let isTens = units >= 10 && belowTen != aboveTen
    let one = units &+ (below != above ? above : roundsUp)
    return (isTens ? tens &+ aboveTen : one, isTens ? exponent + 1 : exponent)
  }

  /// `power · factor / 2^64`, its last bit set where the quotient is not whole: enough to compare
  /// with halves. A remainder of one unit of 2^-32 or less is the error of the table.
  private static func roundedToOdd(_ power: UInt64, _ factor: UInt32) -> UInt32 {
    let product = power.multipliedFullWidth(by: UInt64(factor))
    let remainder = UInt32(truncatingIfNeeded: product.low >> 32)
    return UInt32(truncatingIfNeeded: product.high) | (remainder > 1 ? 1 : 0)
  }
}

extension ShortestFloat {
  /// Writes `significand · 10^exponent`: with a point from 1e-4 to 1e8, else with an exponent.
  /// - `significand`: 1 ..< 10^9.
  private static func layOut(
    _ significand: UInt32, _ exponent: Int, at bytes: UnsafeMutableRawPointer
  ) -> Int {
    // Scaled to nine digits: the first, then eight at once.
    var scaled = significand
    var leading = exponent + 8
    while scaled < 10_000_000 {
      scaled &*= 10
      leading -= 1
    }
    let isEight = scaled < 100_000_000
    scaled = isEight ? scaled &* 10 : scaled
    leading = isEight ? leading - 1 : leading
    let first = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: scaled / 100_000_000)
    let rest = eightDigits(scaled % 100_000_000)
    let count = 9 - rest.leadingZeroBitCount / 8
    let text = (rest | 0x3030_3030_3030_3030).littleEndian
    switch leading {
    case -4 ... -1:
      bytes.storeBytes(of: (0x3030_302E_30 as UInt64).littleEndian, as: UInt64.self)
      bytes.storeBytes(of: first, toByteOffset: 1 - leading, as: UInt8.self)
      bytes.storeBytes(of: text, toByteOffset: 2 - leading, as: UInt64.self)
      return 1 - leading + count
    case 0...7:
      bytes.storeBytes(of: first, as: UInt8.self)
      bytes.storeBytes(of: text, toByteOffset: 1, as: UInt64.self)
      if count <= leading + 1 { return leading + 1 }
      bytes.storeBytes(of: UInt8(ascii: "."), toByteOffset: leading + 1, as: UInt8.self)
      let fraction = text.littleEndian >> UInt64(8 * leading)
      bytes.storeBytes(of: fraction.littleEndian, toByteOffset: leading + 2, as: UInt64.self)
      return count + 1
    default:
      bytes.storeBytes(of: first, as: UInt8.self)
      bytes.storeBytes(of: UInt8(ascii: "."), toByteOffset: 1, as: UInt8.self)
      bytes.storeBytes(of: text, toByteOffset: 2, as: UInt64.self)
      let end = count == 1 ? 1 : count + 1
      return end + writeExponent(leading, at: bytes + end)
    }
  }

  /// `e12` or `e-12`.
  private static func writeExponent(_ exponent: Int, at bytes: UnsafeMutableRawPointer) -> Int {
    var count = 0
    func put(_ byte: UInt8) {
      bytes.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
      count += 1
    }
    put(UInt8(ascii: "e"))
    if exponent < 0 { put(UInt8(ascii: "-")) }
    let magnitude = UInt8(truncatingIfNeeded: exponent.magnitude)
    if magnitude >= 10 { put(UInt8(ascii: "0") + magnitude / 10) }
    put(UInt8(ascii: "0") + magnitude % 10)
    return count
  }

  /// The digits of a number below 10^8, one a byte, the first in the lowest: halves
  /// side by side, then quarters, then eighths; the factors divide by 100 and by 10 exactly
  /// in the ranges at hand (10486 / 2^20 below 10^4, 103 / 2^10 below 100).
  private static func eightDigits(_ number: UInt32) -> UInt64 {
    let fours = UInt64(number / 10_000) | UInt64(number % 10_000) << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x7F_0000_007F
    let pairs = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (pairs &* 103) >> 10 & 0x000F_000F_000F_000F
    return tens | (pairs &- tens &* 10) << 8
  }
}

/// The powers of ten that Float32 spans, each as its 64 leading bits, plus one.
/// Element `k - lowest` is `floor(10^k · 2^-r) + 1`, with `r` such that it is in 2^63 ..< 2^64
/// (`g` in Giulietti's "The Schubfach way to render doubles", section 9.9).
enum PowersOfTen {
  // The exponents reached from 2^-149 (10^45) to 2^104 (10^-31).
  static let lowest = -31
  static let highest = 45

  static let table: [UInt64] = {
    let falling = (0..<(-lowest)).reduce(into: [WideNumber()]) { powers, _ in
      powers.append(powers[powers.count - 1].divided(by: 10))
    }
    let rising = (0..<highest).reduce(into: [WideNumber()]) { powers, _ in
      powers.append(powers[powers.count - 1].multiplied(by: 10))
    }
    return (falling.reversed() + rising.dropFirst()).map { $0.leadingBits + 1 }
  }()
}

/// A whole number of 384 bits, least significant limb first; begins as 2^200. 2^200 / 10^31 has 97
/// bits, so the leading 64 are those of the exact quotient, and 2^200 · 10^45 has 350.
private struct WideNumber {
  var limbs = [UInt32](repeating: 0, count: 12)

  init() { limbs[6] = 1 << 8 }

  func multiplied(by factor: UInt64) -> WideNumber {
    var product = self
    var carry: UInt64 = 0
    for i in limbs.indices {
      let sum = UInt64(limbs[i]) * factor + carry
      product.limbs[i] = UInt32(truncatingIfNeeded: sum)
      carry = sum >> 32
    }
    return product
  }

  func divided(by divisor: UInt64) -> WideNumber {
    var quotient = self
    var remainder: UInt64 = 0
    for i in limbs.indices.reversed() {
      let part = remainder << 32 | UInt64(limbs[i])
      quotient.limbs[i] = UInt32(truncatingIfNeeded: part / divisor)
      remainder = part % divisor
    }
    return quotient
  }

  var leadingBits: UInt64 {
    guard let top = limbs.lastIndex(where: { $0 != 0 }), top >= 2 else { return 0 }
    let shift = limbs[top].leadingZeroBitCount
    let upper = UInt64(limbs[top]) << 32 | UInt64(limbs[top - 1])
    return shift == 0 ? upper : upper << UInt64(shift) | UInt64(limbs[top - 2] >> (32 - shift))
  }
}
