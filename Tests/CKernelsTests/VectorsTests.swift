import CKernels
import Testing

/// What IEEE 754 says a half is.
private func half(_ bits: UInt16) -> Float {
  let sign: Float = bits & 0x8000 == 0 ? 1 : -1
  let exponent = Int(bits >> 10) & 31
  let fraction = Float(bits & 1023)
  return switch exponent {
  case 0: sign * fraction * 0x1p-24
  case 31: fraction == 0 ? sign * .infinity : .nan
  default: sign * Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
  }
}

private func same(_ x: Float, _ y: Float) -> Bool {
  x.isNaN ? y.isNaN : x.bitPattern == y.bitPattern
}

@Suite struct VectorsTests {
  @Test(arguments: sizes)
  func aDotProductIsWithinTheStatedBound(count: Int) {
    for seed in UInt64(1)...20 {
      let a = random(count, seed: seed)
      let b = random(count, seed: seed + 100)
      let products = zip(a, b).map { Double($0) * Double($1) }
      let bound = 0x1p-24 * (Double(count) / 64 + 8) * products.map(\.magnitude).reduce(0, +)
      let error = Double(ck_dot(a, b, count)) - products.reduce(0, +)
      #expect(error.magnitude <= bound)
    }
  }

  @Test(arguments: sizes) func theLargerOfTwoIsKept(count: Int) {
    let x = random(count, seed: 5)
    var y = random(count, seed: 6)
    let expected = zip(x, y).map { Swift.max($0, $1) }
    ck_raise(&y, x, count)
    #expect(y == expected)
  }

  @Test func aNaNIsLargerThanAll() {
    for (old, new) in [(Float.nan, Float(1)), (1, .nan), (.nan, .infinity), (.infinity, .nan)] {
      var y = [Float](repeating: old, count: 19)
      ck_raise(&y, [Float](repeating: new, count: 19), 19)
      #expect(y.allSatisfy { $0.isNaN })
    }
  }

  @Test(arguments: sizes)
  func distancesAreWithinTheBoundOfADotProduct(count: Int) {
    let (a, b) = (random(count, seed: 3), random(count, seed: 4))
    let differences = zip(a, b).map { Double($0) - Double($1) }
    for (found, terms) in [
      (ck_squared_distance(a, b, count), differences.map { $0 * $0 }),
      (ck_absolute_distance(a, b, count), differences.map(\.magnitude)),
    ] {
      // Three more roundings a term: of the difference, twice where it is squared, and the square.
      let sum = terms.reduce(0, +)
      #expect((Double(found) - sum).magnitude <= 0x1p-24 * (Double(count) / 64 + 11) * sum)
    }
  }

  @Test(arguments: sizes)
  func aDotProductWithQuotientsIsOneWithDividedNumbers(count: Int) {
    let (a, b) = (random(count, seed: 5), random(count, seed: 6))
    let divided = b.map { $0 / 0.7 }
    #expect(ck_dot_quotient(a, b, 0.7, count).bitPattern == ck_dot(a, divided, count).bitPattern)
  }

  @Test(arguments: sizes)
  func placesOfLargeNumbersAreFoundInTheirOrder(count: Int) {
    let (x, scale, offset) = (random(count), random(count, seed: 2), random(count, seed: 3))
    for least in [-Float.infinity, -0.5, 0.25, 0.9, .infinity] {
      var places = [UInt32](repeating: 0, count: count)
      let found = ck_at_least(&places, x, scale, offset, least, count)
      // A fused product may round otherwise; none of these is that near.
      let expected = x.indices.filter { x[$0] * scale[$0] + offset[$0] >= least }
      #expect(places.prefix(found).map(Int.init) == expected)
    }
  }

  @Test func smallIntegersMultiplyExactly() {
    for count in sizes {
      let a = (0..<count).map { Float($0 % 7 - 3) }
      let b = (0..<count).map { Float($0 % 5 - 2) }
      #expect(ck_dot(a, b, count) == zip(a, b).map(*).reduce(0, +))
    }
  }

  @Test func aDotProductIsTheSameAtAnyAlignment() {
    for count in sizes {
      let a = random(count, seed: 1)
      let b = random(count, seed: 2)
      let expected = ck_dot(a, b, count)
      for offset in 1..<16 {
        let shifted = random(offset) + a
        let found = shifted.withUnsafeBufferPointer { ck_dot($0.baseAddress! + offset, b, count) }
        #expect(found.bitPattern == expected.bitPattern)
      }
    }
  }

  @Test func notANumberIsNeverHidden() {
    for count in sizes.dropFirst() {
      for place in Set([0, count / 2, count - 1]) {
        var a = random(count)
        a[place] = .nan
        #expect(ck_dot(a, [Float](repeating: 0, count: count), count).isNaN)
      }
    }
  }

  @Test func oneInfinityOrNaNAnywhereIsFound() {
    let bad = [Float.infinity, -.infinity, .nan, -.nan, .signalingNaN, Float(bitPattern: .max)]
    for count in sizes where count <= 65 {
      var x = random(count + 1)
      x[count] = .nan
      #expect(ck_all_finite(x, count))
      for place in 0..<count {
        for value in bad {
          var y = x
          y[place] = value
          #expect(!ck_all_finite(y, count))
        }
      }
    }
  }

  @Test func theLargestFiniteNumberIsFinite() {
    let largest = Float.greatestFiniteMagnitude
    #expect(ck_all_finite([largest, -largest, 0, -0.0, .leastNonzeroMagnitude], 5))
    #expect(ck_all_finite(nil, 0))
    #expect(ck_dot(nil, nil, 0) == 0)
  }

  @Test func everyHalfIsExact() {
    let x = (0...UInt16.max).map { $0 }
    var out = [Float](repeating: 0, count: x.count)
    ck_widen_f16(&out, x, x.count)
    #expect(x.filter { !same(out[Int($0)], half($0)) } == [])
  }

  @Test func everyBfloat16IsExact() {
    let x = (0...UInt16.max).map { $0 }
    var out = [Float](repeating: 0, count: x.count)
    ck_widen_bf16(&out, x, x.count)
    #expect(bits(out) == x.map { UInt32($0) << 16 })
  }

  @Test(arguments: sizes)
  func everySizeWritesItsElementsAndNoOthers(count: Int) {
    // Subnormals, ordinary numbers, infinity and NaN beside each other.
    let kinds: [UInt16] = [0x0001, 0x3C00, 0x7C00, 0x83FF, 0xC0FF, 0x7E01, 0x8000]
    let x = (0..<(count + 1)).map { kinds[$0 % kinds.count] }
    var wide = [Float](repeating: -1, count: count + 17)
    // One element on, where no vector is aligned.
    x.withUnsafeBufferPointer { x in
      wide.withUnsafeMutableBufferPointer {
        ck_widen_f16($0.baseAddress! + 1, x.baseAddress! + 1, count)
      }
    }
    #expect((1..<(count + 1)).allSatisfy { same(wide[$0], half(x[$0])) })
    #expect(wide[0] == -1 && wide[(count + 1)...].allSatisfy { $0 == -1 })
    var brain = [Float](repeating: -1, count: count + 16)
    ck_widen_bf16(&brain, x, count)
    #expect(bits(brain[..<count]) == x.dropLast().map { UInt32($0) << 16 })
    #expect(brain[count...].allSatisfy { $0 == -1 })
  }
}
