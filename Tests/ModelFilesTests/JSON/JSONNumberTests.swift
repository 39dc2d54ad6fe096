import ModelFiles
import TestSupport
import Testing

struct JSONNumberTests {
  @Test(arguments: [
    ("0", 0), ("-0", 0), ("7", 7), ("-12", -12), ("9223372036854775807", Int.max),
    ("-9223372036854775808", Int.min),
  ])
  func wholeNumbers(_ text: String, _ expected: Int) throws {
    #expect(try parse(text).int() == expected)
  }

  @Test(arguments: [
    ("9223372036854775808", "a whole number between \(Int.min) and \(Int.max)"),
    ("-9223372036854775809", "a whole number between \(Int.min) and \(Int.max)"),
    ("99999999999999999999999", "a whole number between \(Int.min) and \(Int.max)"),
    ("1.0", "a whole number"), ("1e3", "a whole number"), ("1E3", "a whole number"),
    ("1e-3", "a whole number"), ("\"1\"", "a whole number"), ("true", "a whole number"),
  ])
  func otherNumbersAreNotWhole(_ text: String, _ expected: String) {
    #expect(failure { try parse(text).int() } == "config.json should be \(expected), is \(text)")
  }

  // Values that readers are known to round wrongly; the bit patterns are Python 3.11's `float`.
  @Test(
    arguments: [
      ("15.143838882446289", 0x402E_49A5_4000_0000), ("-13.812720298767090", 0xC02B_A01C_E000_0000),
      ("0.1", 0x3FB9_9999_9999_999A), ("9007199254740993", 0x4340_0000_0000_0000),
      ("9007199254740993.0000000001", 0x4340_0000_0000_0001),
      ("2.2250738585072011e-308", 0x000F_FFFF_FFFF_FFFF), ("5e-324", 0x0000_0000_0000_0001),
      ("1.7976931348623157e308", 0x7FEF_FFFF_FFFF_FFFF), ("1e23", 0x44B5_2D02_C7E1_4AF6),
      ("8.5", 0x4021_0000_0000_0000), ("-0", 0x8000_0000_0000_0000), ("1e-400", 0),
      ("-0.0", 0x8000_0000_0000_0000), ("9999999999999999999", 0x43E1_58E4_6091_3D00),
      ("0.000000000000000001", 0x3C32_725D_D1D2_43AC), ("1e5", 0x40F8_6A00_0000_0000),
    ] as [(String, UInt64)])
  func doublesAreTheNearest(_ text: String, _ bits: UInt64) throws {
    #expect(try parse(text).double().bitPattern == bits)
  }

  @Test func shortDoublesAgreeWithTheStandardLibrary() throws {
    var random = Samples(seed: 4)
    for _ in 0..<20_000 {
      let most = UInt64.random(in: 0..<64, using: &random)
      let digits = String(UInt64.random(in: 0...UInt64.max >> most, using: &random))
      let split = Int.random(in: 0...digits.utf8.count, using: &random)
      let zeros = String(repeating: "0", count: Int.random(in: 0..<4, using: &random))
      let whole = split == 0 ? "0" : String(digits.prefix(split))
      let text = "-\(whole).\(zeros)\(digits.dropFirst(split))0".dropLast(
        split < digits.utf8.count ? 1 : 0)
      #expect(try parse(String(text)).double() == Double(text), "\(text)")
    }
  }

  @Test(arguments: ["1e400", "-1e400", "1e99999999999999999999"])
  func doublesBeyondTheFiniteAreErrors(_ text: String) {
    #expect(
      failure { try parse("{\"x\": \(text)}").double("x") }
        == "config.json: `x` should be a number between -1.8e308 and 1.8e308, is \(text)")
  }

  @Test func longNumbersAreRead() throws {
    let zeros = String(repeating: "0", count: 100_000)
    #expect(try parse("0.\(zeros)1").double() == 0)
    #expect(try parse("1.\(zeros)").double() == 1)
    #expect(failure { try parse("1\(zeros)").double() } != nil)
  }
}
