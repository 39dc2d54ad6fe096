import ModelFiles
import Testing

@testable import Tokenizers

@Suite struct TokenizerJSONTests {
  private static func sequence(_ key: String, _ parts: [String]) -> String {
    #"{"type":"Sequence","\#(key)":[\#(parts.joined(separator: ","))]}"#
  }

  private static let stages: [(key: String, part: String, make: @Sendable (JSON) throws -> Void)] =
    [
      ("normalizers", #"{"type":"Lowercase"}"#, { _ = try Normalizers.make($0) }),
      ("pretokenizers", #"{"type":"Whitespace"}"#, { _ = try PreTokenizers.make($0) }),
      (
        "processors", #"{"type":"BertProcessing","cls":["c",0],"sep":["s",1]}"#,
        { _ = try PostProcessors.make($0) }
      ),
    ]

  @Test(arguments: stages.indices)
  func sequencesOfManyPartsAreRefused(_ index: Int) throws {
    let (key, part, make) = Self.stages[index]
    let inner = Self.sequence(key, [String](repeating: part, count: 13))
    let most = [String](repeating: inner, count: 4) + [String](repeating: part, count: 12)
    try make(JSON.of(Self.sequence(key, most)))
    // An empty sequence is a part as well.
    for more in [part, Self.sequence(key, [])] {
      let error = #expect(throws: FileError.self) {
        try make(JSON.of(Self.sequence(key, most + [more])))
      }
      #expect(
        error?.description
          == "tokenizer.json: `\(key)` lists 65 parts, those of sequences within included; at most "
          + "64 are supported")
    }
  }
}
