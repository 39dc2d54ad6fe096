import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct TemplateProcessingTests {
  private static let template =
    #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"x","type_id":3}},"#
    + #"{"Sequence":{"id":"A","type_id":2}}],"special_tokens":{"x":{"ids":[7,8]}}}"#

  @Test func aSpecialTokenCanBeSeveralIDs() throws {
    let template = try TemplateProcessing(JSON.of(Self.template))
    var texts = EncodedTexts(first: Encoding(ids: [1, 1], truncated: true))
    template(&texts, withSpecials: true)
    #expect(
      texts.joined == Encoding(ids: [7, 8, 1, 1], segments: [3, 3, 2, 2], truncated: true))
    #expect(try template.addedIDs(toPair: false) == [7, 8])
  }

  @Test func partsOfTooManyIDsAreRefused() {
    let ids = [String](repeating: "7", count: 600).joined(separator: ",")
    let special = #"{"SpecialToken":{"id":"x","type_id":0}}"#
    let error = #expect(throws: FileError.self) {
      try TemplateProcessing(
        JSON.of(
          #"{"single":[{"Sequence":{"id":"A","type_id":0}},\#(special),\#(special)],"#
            + #""special_tokens":{"x":{"ids":[\#(ids)]}}}"#))
    }
    #expect(
      error?.description
        == "tokenizer.json: `single` adds 1200 ids to each text, at most 1024 are supported")
  }

  @Test func withoutSpecialTokensTheSegmentStays() throws {
    var texts = EncodedTexts(first: Encoding(ids: [1]))
    try TemplateProcessing(JSON.of(Self.template))(&texts, withSpecials: false)
    #expect(texts.joined == Encoding(ids: [1], segments: [2], truncated: false))
  }
}
