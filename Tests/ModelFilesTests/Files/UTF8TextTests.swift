import ModelFiles
import Testing

struct UTF8TextTests {
  @Test(
    arguments: [
      ([], nil), ([0x00], nil), ([0x7F], nil), ([0xC2, 0x80], nil), ([0xDF, 0xBF], nil),
      ([0xE0, 0xA0, 0x80], nil), ([0xED, 0x9F, 0xBF], nil), ([0xEE, 0x80, 0x80], nil),
      ([0xEF, 0xBF, 0xBF], nil), ([0xF0, 0x90, 0x80, 0x80], nil), ([0xF4, 0x8F, 0xBF, 0xBF], nil),
      // A continuation alone, overlong forms, surrogates, beyond U+10FFFF, bytes that never occur.
      ([0x80], 0), ([0x61, 0xBF], 1), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0),
      ([0xE0, 0x9F, 0xBF], 0),
      ([0xF0, 0x8F, 0xBF, 0xBF], 0), ([0xED, 0xA0, 0x80], 0), ([0xED, 0xBF, 0xBF], 0),
      ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xFE], 0), ([0xFF], 0),
      // Cut short, at the end and before another character.
      ([0xC2], 0), ([0xE2, 0x82], 0), ([0xF0, 0x9F, 0x98], 0), ([0x61, 0xE2, 0x82, 0x61], 1),
      ([0xC2, 0x80, 0xC2], 2), ([0xF0, 0x9F, 0x98, 0x61], 0), ([0xC2, 0xC2, 0x80], 0),
    ] as [([UInt8], Int?)])
  func tableOfSequences(_ bytes: [UInt8], _ expected: Int?) {
    #expect(bytes.withUnsafeBytes(firstInvalidUTF8) == expected)
    // The same behind and before eight bytes of ASCII, which are passed in one step.
    let eight = [UInt8](repeating: 0x61, count: 8)
    #expect((eight + bytes + eight).withUnsafeBytes(firstInvalidUTF8) == expected.map { $0 + 8 })
  }

  // The bytes at which table 3-7 of the Unicode Standard changes its mind.
  static let edges: [UInt8] = [
    0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
    0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
  ]

  @Test(arguments: edges)
  func agreesWithTheStandardLibrary(_ lead: UInt8) {
    for second in Self.edges {
      for third in Self.edges {
        for fourth in [0x7F, 0x80, 0xBF, 0xC0] as [UInt8] {
          let bytes = [lead, second, third, fourth]
          let isValid = String(validating: bytes, as: UTF8.self) != nil
          let invalid = bytes.withUnsafeBytes(firstInvalidUTF8)
          if (invalid == nil) != isValid { Issue.record("\(bytes)") }
          if let invalid, String(validating: bytes[..<invalid], as: UTF8.self) == nil {
            Issue.record("\(bytes): \(invalid)")
          }
        }
      }
    }
  }

  @Test func theOffsetIsFoundInLongText() {
    for offset in 0..<40 {
      var bytes = [UInt8](repeating: 0x61, count: 40)
      #expect(bytes.withUnsafeBytes(firstInvalidUTF8) == nil)
      bytes[offset] = 0xFF
      #expect(bytes.withUnsafeBytes(firstInvalidUTF8) == offset)
    }
  }
}
