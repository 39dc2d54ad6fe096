import ModelFiles
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

/// What queries are filled up with, and how far.
@Suite struct QueryExpansionTests {
  private func json(_ text: String) throws -> JSON {
    try JSON(Array(#"{"query_expansion":\#(text)}"#.utf8), name: "settings").value(
      "query_expansion")
  }

  private static let tokenizer = Result {
    try TokenizerFiles.tokenizer(folder: Fixture.path("kinds/mv_bert"))
  }

  @Test(
    arguments: [
      (#"{"strategy":"fixed","length":8}"#, QueryExpansion.Strategy.fixed, 8, false, nil),
      (
        #"{"strategy":"min","length":8,"attend":true,"token":"[SEP]"}"#, .min, 8, true, "[SEP]"
      ),
      (#"{"strategy":"fixed","length":1,"attend":null,"token":null}"#, .fixed, 1, false, nil),
    ] as [(String, QueryExpansion.Strategy, Int, Bool, String?)])
  func settingsAreRead(
    text: String, strategy: QueryExpansion.Strategy, length: Int, attends: Bool, token: String?
  ) throws {
    let found = try QueryExpansion(json(text))
    #expect(
      found
        == QueryExpansion(
          strategy, length: length, attends: attends, token: token, place: found.place))
  }

  @Test(
    arguments: [
      (#"{"strategy":"all","length":8}"#, "`strategy` is `all`, should be fixed or min"),
      (#"{"strategy":"min"}"#, "length"),
      (#"{"strategy":"min","length":0}"#, "is 0, should be from 1 to 32768"),
      (#"{"strategy":"min","length":8000000000}"#, "should be from 1 to 32768"),
      (#"{"strategy":"min","length":8,"pad":1}"#, "has `pad`, which is not known"),
      (#"{"strategy":"min","length":8,"attend":1}"#, "attend"),
      ("[]", "an object"),
    ]) func othersAreRefused(text: String, part: String) throws
  {
    let error = try #require(throws: FileError.self) { try QueryExpansion(json(text)) }
    #expect(error.description.contains(part), "\(error)")
  }

  /// Queries of 3 tokens; expansions of a length, and limits.
  @Test(
    arguments: [
      (5, nil, false, [7, 8, 9, 4, 4], 2), (5, nil, true, [7, 8, 9, 4, 4], 0),
      (3, nil, false, [7, 8, 9], 0), (2, nil, false, [7, 8, 9], 0),
      (9, 4, false, [7, 8, 9, 4], 1), (5, 64, false, [7, 8, 9, 4, 4], 2),
    ] as [(Int, Int?, Bool, [Int32], Int)])
  func aQueryIsFilledUpWithTheMask(
    length: Int, limit: Int?, attends: Bool, ids: [Int32], hidden: Int
  ) throws {
    let expansion = QueryExpansion(length: length, attends: attends, place: "settings")
    let query = Encoding(ids: [7, 8, 9], segment: 1)
    let found = try expansion.filled(query, limit: limit, by: Self.tokenizer.get())
    #expect(found.ids == ids)
    #expect(found.segments == [1, 1, 1] + ids.dropFirst(3).map { _ in 0 })
    #expect(found.hidden == hidden)
  }

  @Test func theTokenMayBeNamed() throws {
    let tokenizer = try Self.tokenizer.get()
    let named = QueryExpansion(length: 5, attends: false, token: "[SEP]", place: "settings")
    #expect(try named.id(tokenizer) == 3)
    let other = QueryExpansion(length: 5, attends: false, token: "[NONE]", place: "settings")
    let error = try #require(throws: FileError.self) { try other.id(tokenizer) }
    #expect(
      error.description
        == "settings: the token `[NONE]` is not in the tokenizer's vocabulary")
  }

  /// A tokenizer that names a mask takes that; one without, its end of a sentence; one without either
  /// is refused.
  @Test(arguments: [("eos_token", "b"), ("mask_token", "a"), (nil, nil)] as [(String?, String?)])
  func withoutAMaskItIsTheEndOfASentence(role: String?, token: String?) throws {
    let folder = try ScratchFolder()
    let model =
      #"{"type":"WordLevel","vocab":{"a":0,"b":1,"[UNK]":2},"unk_token":"[UNK]"}"#
    try folder.write(
      "tokenizer.json", #"{"version":"1.0","added_tokens":[],"model":\#(model)}"#)
    try folder.write(
      "tokenizer_config.json", role.map { #"{"\#($0)":"\#(token ?? "")"}"# } ?? "{}")
    let tokenizer = try TokenizerFiles.tokenizer(folder: folder.path)
    let expansion = QueryExpansion(length: 5, attends: false, place: "settings")
    guard let token else {
      #expect(throws: FileError.self) { try expansion.id(tokenizer) }
      return
    }
    #expect(try expansion.id(tokenizer) == tokenizer.id(of: token))
  }
}
