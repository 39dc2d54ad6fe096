import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct NormalizerTests {
  private static let recorded = RecordedTokenizer.all.filter {
    (try? $0.json().present("normalizer")) != nil
  }

  @Test func manyTokenizersHaveOne() { #expect(Self.recorded.count >= 30) }

  @Test(arguments: recorded)
  func everyRecordedTextIsNormalizedLikeTheReferences(recorded: RecordedTokenizer) throws {
    let normalizer = try Normalizers.make(try recorded.json().value("normalizer"))
    for one in try recorded.cases() {
      if let expected = one.normalized {
        #expect(
          try normalizer(one.text) == expected, "\(String(decoding: one.text, as: UTF8.self))")
      }
    }
  }
}
