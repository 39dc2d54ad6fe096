/// The powers of ten that Float32 spans, each as its 64 leading bits, plus one.
///
/// Element `k - lowest` is `floor(10^k · 2^-r) + 1`, with `r` such that it lies in 2^63 ..< 2^64
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

/// A whole number of 384 bits, least significant limb first; begins as 2^200.
///
/// 2^200 / 10^31 still has 97 bits, so the leading 64 are those of the exact quotient, and
/// 2^200 · 10^45 has 350.
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
