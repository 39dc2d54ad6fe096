import ModelFiles
import Testing

@testable import Embeddings

@Suite struct LengthLimitTests {
  private func json(_ text: String?, _ name: String) throws -> JSON? {
    try text.map { try JSON(Array($0.utf8), name: name) }
  }

  private func limit(_ settings: String?, _ tokenizer: String?, _ positions: Int?) throws
    -> LengthLimit?
  {
    try LengthSettings(
      settings: json(settings, "sentence_bert_config.json"),
      tokenizer: json(tokenizer, "tokenizer_config.json"), specials: 2
    ).limit(positions: positions)
  }

  @Test(
    arguments: [
      (#"{"max_seq_length":128}"#, #"{"model_max_length":512}"#, 512, 128, "max_seq_length"),
      (#"{"max_seq_length":null}"#, #"{"model_max_length":64}"#, 512, 64, "model_max_length"),
      (nil, #"{"model_max_length":64}"#, nil, 64, "model_max_length"),
      ("{}", #"{"model_max_length":1000000000000000019884624838656}"#, 512, 512, "position"),
      (nil, nil, 40, 40, "position"),
      (#"{"max_seq_length":600}"#, nil, 512, 512, "position"),
    ] as [(String?, String?, Int?, Int, String)])
  func theLimitComesFromWhereTheReferenceTakesIt(
    settings: String?, tokenizer: String?, positions: Int?, tokens: Int, origin: String
  ) throws {
    let limit = try #require(try limit(settings, tokenizer, positions))
    #expect(limit.tokens == tokens && limit.origin.contains(origin))
  }

  @Test func withoutAnyWordOfItThereIsNone() throws {
    #expect(try limit(nil, #"{"model_max_length":1e30}"#, nil) == nil)
  }

  @Test func aLimitBeyondThePositionsIsOdd() throws {
    let warning = try limit(#"{"max_seq_length":600}"#, nil, 512)?.warning
    #expect(warning?.contains("only 512 positions") == true)
  }

  @Test(arguments: [
    (#"{"max_seq_length":2}"#, "no room"), (#"{"max_seq_length":-5}"#, "no room"),
    (#"{"max_seq_length":"x"}"#, "whole number"),
  ])
  func aLimitThatCannotBeIsRefused(settings: String, message: String) throws {
    let error = try #require(throws: FileError.self) { try limit(settings, nil, nil) }
    #expect(error.description.contains(message))
  }
}
