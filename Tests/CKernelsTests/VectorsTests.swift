import CKernels
import Testing

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
}
