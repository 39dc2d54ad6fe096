import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

/// What may override a tokenizer's own files, over the example model with other files beside it.
@Suite struct ModelTokenizerTests {
  /// The example model, one file of which is another.
  private func model(_ file: String, _ text: String) throws -> ScratchFolder {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    try folder.write(file, text)
    return folder
  }

  private func ids(_ reader: ModelTokenizer, _ text: String, limit: Int? = nil) throws -> [Int32] {
    try reader.encoding(of: Array(text.utf8), limit: limit ?? reader.limit?.tokens).ids
  }

  @Test func aTextMayLoseItsBeginning() throws {
    let plain = try ModelTokenizer(model: ModelFolder(Fixture.tinyBERT))
    let left = try model("tokenizer_config.json", #"{"truncation_side":"left"}"#).tokenizer()
    let all = try ids(plain, "the cat sat on the mat")
    let cut = try ids(plain, "the cat sat on the mat", limit: 4)
    #expect(cut == [all[0], all[1], all[2], all[all.count - 1]])
    #expect(try ids(left, "the cat sat on the mat", limit: 4) == [all[0]] + all.suffix(3))
    #expect(left.overrides.contains { $0.contains("beginning") })
    let model = try model("tokenizer_config.json", #"{"truncation_side":"up"}"#)
    let error = try #require(throws: FileError.self) { try model.tokenizer() }
    #expect(
      error.description
        == "\(model.path)/tokenizer_config.json: `truncation_side` is `up`, should be left or right"
    )
  }

  @Test func tokensThatTheTokenizerLacksAreAdded() throws {
    let token = """
      {"content":"@@","lstrip":false,"rstrip":false,"single_word":false,"normalized":false,\
      "special":true}
      """
    let model = try model(
      "tokenizer_config.json", #"{"added_tokens_decoder":{"290":\#(token)}}"#)
    let plain = try ModelTokenizer(model: ModelFolder(Fixture.tinyBERT))
    let reader = try model.tokenizer()
    #expect(reader.tokenizer.tokensByID[Int32(plain.tokenizer.tokensByID.count)] == [0x40, 0x40])
    #expect(try ids(reader, "a@@b").count == 5)
    // The embedding table has no row for it, which texts without it do not mind.
    let embedder = try Embedder(folder: model.path)
    #expect(throws: Never.self) { try embedder.embed(["a b"]) }
    let message =
      "the token `@@` has the id 290, but the model's embedding table has 290 rows; take it out "
      + "of the text"
    let error = try #require(throws: FileError.self) { try embedder.embed(["a b", "a@@b"]) }
    #expect(error.description == "text 2: \(message)")
    let tokenizer = try embedder.model.route().pipeline.tokenizer
    let alone = try #require(throws: FileError.self) { try tokenizer.encoding(of: [290]) }
    #expect(alone.description == message)
  }

  @Test func textIsInLowerCaseFirstWhereTheSettingsSaySo() throws {
    let reader = try model(
      "sentence_bert_config.json", #"{"max_seq_length":16,"do_lower_case":true}"#
    ).tokenizer()
    #expect(reader.limit?.tokens == 16)
    #expect(reader.overrides.contains { $0.contains("lower case") })
  }

  @Test func withoutTokenTypesAllAreZero() throws {
    let reader = try model(
      "tokenizer_config.json", #"{"model_input_names":["input_ids","attention_mask"]}"#
    ).tokenizer()
    #expect(reader.overrides.contains { $0.contains("token types") })
    #expect(try reader.encoding(of: Array("a b".utf8), limit: 8).segments.allSatisfy { $0 == 0 })
  }

  @Test(
    arguments: [
      (nil, 32), (10, 10), (100, 32),
    ] as [(Int?, Int)]) func aUserMayAskForLess(asked: Int?, expected: Int) throws
  {
    let reader = try ModelTokenizer(model: ModelFolder(Fixture.tinyBERT))
    #expect(try reader.limit(asked: asked) == expected)
    #expect(throws: FileError.self) { try reader.limit(asked: 2) }
  }

  @Test func vocabularyFilesDoWithoutATokenizerFile() throws {
    let model = try model("README.md", "")
    let expected = try ids(model.tokenizer(), "The cat sat, didn't it? Ünlü 東京")
    try FileManager.default.removeItem(atPath: model.path + "/tokenizer.json")
    #expect(try ids(model.tokenizer(), "The cat sat, didn't it? Ünlü 東京") == expected)
  }
}

extension ScratchFolder {
  fileprivate func tokenizer() throws -> ModelTokenizer {
    try ModelTokenizer(model: ModelFolder(path))
  }
}
