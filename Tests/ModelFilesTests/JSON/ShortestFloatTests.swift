import TestSupport
import Testing

@testable import ModelFiles

struct ShortestFloatTests {
  @Test(
    arguments: [
      (0, "0"), (-0.0, "-0.0"), (1, "1"), (-1, "-1"), (10, "10"), (0.5, "0.5"), (-0.25, "-0.25"),
      (0.1, "0.1"), (0.0001, "0.0001"), (0.00012345678, "0.00012345678"), (0.00001, "1e-5"),
      (1.5e-5, "1.5e-5"), (123.456, "123.456"), (9_999_999, "9999999"), (1e7, "10000000"),
      (10_000_001, "10000001"), (16_777_216, "16777216"), (33_554_432, "33554432"),
      (99_999_992, "99999990"), (1e8, "1e8"), (1.5e10, "1.5e10"), (-2e30, "-2e30"),
      (.leastNonzeroMagnitude, "1e-45"), (.leastNormalMagnitude, "1.1754944e-38"),
      (-.greatestFiniteMagnitude, "-3.4028235e38"), (0.3, "0.3"), (Float(1) / 3, "0.33333334"),
      (-0.03125, "-0.03125"), (2.7182817, "2.7182817"), (1234567.8, "1234567.8"),
    ] as [(Float, String)]) func knownNumbers(_ value: Float, _ text: String)
  {
    #expect(written([value]) == text)
    #expect(Float(text) == value)
  }

  @Test func digitsAreThoseOfDescription() {
    var samples = Samples()
    let random = (0..<200_000).map { _ in
      Float(bitPattern: UInt32(truncatingIfNeeded: samples.next()))
    }
    let powers = (-149...127).flatMap { exponent in
      let value = Float(sign: .plus, exponent: exponent, significand: 1)
      return [value.nextDown, value, value.nextUp]
    }
    let tens = (-45...38).compactMap { Float("1e\($0)") }.flatMap { [$0.nextDown, $0, $0.nextUp] }
    for value in random + powers + tens where value.isFinite {
      let text = written([value])
      if Float(text)?.bitPattern != value.bitPattern || digits(text) != digits(value.description) {
        Issue.record("\(text) for \(value.description)")
      }
    }
  }

  @Test func numbersAreSeparated() {
    #expect(written([]) == "")
    let many = (0..<200).map { Float($0) / 8 }
    #expect(written(many).split(separator: ",").map { Float($0) } == many)
    let special: [Float] = [.nan, .infinity, -.infinity, 1]
    #expect(written(special) == "null,null,null,1")
    #expect(written(special, notFinite: .named) == "nan,inf,-inf,1")
  }

  private func written(_ vector: [Float], notFinite: NotFinite = .null) -> String {
    var bytes: [UInt8] = []
    vector.withUnsafeBufferPointer { bytes.appendDecimals($0, notFinite: notFinite) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The significant digits, without zeros at either end.
  private func digits(_ text: String) -> [UInt8] {
    var digits = text.utf8.prefix { $0 != UInt8(ascii: "e") }
      .filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }[...]
    digits = digits.drop { $0 == UInt8(ascii: "0") }
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    return Array(digits)
  }
}
