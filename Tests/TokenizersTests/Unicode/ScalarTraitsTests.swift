import Testing

@testable import Tokenizers

@Suite struct ScalarTraitsTests {
  private static let known: [(scalar: UInt32, traits: ScalarTraits)] = [
    (0x0, .control), (0xFFFD, .control), (0xE000, .control), (0x10FFFD, .control),
    (0x9, [.spaceLike, .whitespace]), (0x85, [.control, .whitespace]), (0x2B820, .word),
    (0x2B920, [.chinese, .word]), (0x24, .punctuation), (0x2E43, []), (0x378, []),
    (0x11_0000, []), (0xFFFF_FFFF, []),
  ]

  @Test(arguments: known)
  func theMeasuredTraits(scalar: UInt32, traits: ScalarTraits) {
    #expect(ScalarTraits.table[scalar] == traits)
  }

  @Test func marksHaveClasses() {
    #expect(
      [0x301, 0x316, 0x302A, 0x345, 0x41].map(CanonicalData.measured.combiningClass) == [
        230, 220, 218, 240, 0,
      ])
  }
}
