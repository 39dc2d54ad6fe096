import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct TextGrowthTests {
  /// The error of a text of which so many bytes were allowed.
  static func message(_ most: Int) -> String {
    "the tokenizer makes a text longer than \(most) bytes on its way to tokens; check `normalizer` "
      + "and `pre_tokenizer`"
  }

  /// A text of `count` bytes, and how long it may become.
  @Test(arguments: [(0, 65_536), (1, 65_568), (1 << 20, 33_619_968), (1 << 24, 201_326_592)])
  func longTextsGrowByLess(count: Int, most: Int) throws {
    var growth = TextGrowth()
    growth.begin(count)
    try growth.check(most)
    let error = #expect(throws: FileError.self) { try growth.check(most + 1) }
    #expect(error?.description == Self.message(most))
  }

  @Test func whatATextTookOnItsWayIsGone() throws {
    var growth = TextGrowth()
    growth.begin(1)
    growth.note(65_000)
    growth.note(5)
    try growth.check()
    growth.begin(1)
    let error = #expect(throws: FileError.self) { try growth.check(1_000) }
    #expect(error?.description == Self.message(600))
  }
}
