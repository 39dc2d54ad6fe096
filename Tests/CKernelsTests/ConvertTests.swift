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

@Suite struct ConvertTests {
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
