import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct NormalizerTests {
  @Test(arguments: RecordedTokenizer.all)
  func everyRecordedTextIsNormalizedLikeTheReferences(recorded: RecordedTokenizer) throws {
    guard let json = try recorded.json().present("normalizer") else { return }
    let normalizer = try Normalizers.make(json)
    for one in try recorded.cases() {
      if let expected = one.normalized {
        #expect(
          try normalizer(one.text) == expected, "\(String(decoding: one.text, as: UTF8.self))")
      }
    }
  }
}
