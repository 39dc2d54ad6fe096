import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct TemplateProcessingTests {
  private static let template =
    #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x","type_id":3}},"#
    + #"{"Sequence":{"id":"A","type_id":2}}],"special_tokens":{"x":{"ids":[7,8]}}}"#

  @Test func aSpecialTokenCanBeSeveralIDs() throws {
    let template = try TemplateProcessing(JSON.of(Self.template))
    var encoding = Encoding(ids: [1, 1], segments: [0, 0], truncated: true)
    template(&encoding, withSpecials: true)
    #expect(encoding == Encoding(ids: [7, 8, 1, 1], segments: [3, 3, 2, 2], truncated: true))
    #expect(template.addedIDs == [7, 8])
  }

  @Test func withoutSpecialTokensTheSegmentStays() throws {
    var encoding = Encoding(ids: [1], segments: [0], truncated: false)
    try TemplateProcessing(JSON.of(Self.template))(&encoding, withSpecials: false)
    #expect(encoding == Encoding(ids: [1], segments: [2], truncated: false))
  }
}
