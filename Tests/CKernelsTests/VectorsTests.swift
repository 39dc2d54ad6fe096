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
