import ModelFiles
import Testing

@testable import Embeddings

@Suite struct LengthLimitTests {
  private func json(_ text: String, _ name: String) throws -> JSON {
    try JSON(Array(text.utf8), name: name)
  }

  private func limit(_ settings: String?, _ tokenizer: String, _ config: String) throws
    -> LengthLimit?
  {
    try LengthSettings(
      TransformerSettings(settings.map { try json($0, "sentence_bert_config.json") }),
      tokenizer: json(tokenizer, "tokenizer_config.json"), config: json(config, "config.json"),
      specials: 2
    ).limit()
  }

  private static let table = #"{"model_type":"bert","max_position_embeddings":512}"#
  private static let rotary = #"{"model_type":"modernbert","max_position_embeddings":16}"#
  private static let padded =
    #"{"model_type":"roberta","max_position_embeddings":46,"pad_token_id":3}"#

  // What sentence-transformers 6.2 with transformers 5.23 takes for it, but for tables of positions,
  // beyond whose rows the reference stops with an error.
  @Test(
    arguments: [
      (#"{"max_seq_length":128}"#, #"{"model_max_length":512}"#, table, 128, "max_seq_length"),
      (#"{"max_seq_length":null}"#, #"{"model_max_length":64}"#, table, 64, "model_max_length"),
      (nil, #"{"model_max_length":64}"#, "{}", 64, "model_max_length"),
      (nil, #"{"max_len":8}"#, table, 8, "max_len"),
      (nil, #"{"max_len":8,"model_max_length":16}"#, table, 16, "model_max_length"),
      (nil, #"{"max_len":8,"model_max_length":null}"#, table, 512, "position"),
      ("{}", #"{"model_max_length":1000000000000000019884624838656}"#, table, 512, "position"),
      (nil, "{}", #"{"model_type":"bert","max_position_embeddings":40}"#, 40, "position"),
      (nil, "{}", #"{"model_type":"bert"}"#, 512, "position"),
      (#"{"max_seq_length":600}"#, "{}", table, 512, "position"),
      (#"{"max_seq_length":48}"#, "{}", rotary, 48, "max_seq_length"),
      (nil, #"{"model_max_length":48}"#, rotary, 16, "position"),
      (#"{"max_seq_length":46}"#, "{}", padded, 42, "position"),
      (
        #"{"max_seq_length":8,"processor_kwargs":{"model_max_length":9}}"#, "{}", table, 9,
        "processor_kwargs.model_max_length"
      ),
      (
        #"{"tokenizer_args":{"model_max_length":7}}"#, #"{"model_max_length":9}"#, rotary, 7,
        "tokenizer_args.model_max_length"
      ),
    ] as [(String?, String, String, Int, String)])
  func theLimitComesFromWhereTheReferenceTakesIt(
    settings: String?, tokenizer: String, config: String, tokens: Int, origin: String
  ) throws {
    let limit = try #require(try limit(settings, tokenizer, config))
    #expect(limit.tokens == tokens && limit.origin.contains(origin), "\(limit)")
  }

  @Test(arguments: ["{}", #"{"model_type":"t5"}"#, #"{"max_position_embeddings":-1}"#])
  func withoutAnyWordOfItThereIsNone(config: String) throws {
    #expect(try limit(nil, #"{"model_max_length":1e30}"#, config) == nil)
  }

  @Test func aLimitBeyondThePositionsIsSaid() throws {
    let warning = try limit(#"{"max_seq_length":600}"#, "{}", Self.table)?.warning
    #expect(
      warning
        == "sentence_bert_config.json: max_seq_length is 600, but there are only 512 positions")
  }

  @Test(arguments: [
    (
      #"{"max_seq_length":2}"#,
      "sentence_bert_config.json: max_seq_length is 2, which leaves no room for text beside 2 "
        + "special tokens"
    ),
    (
      #"{"max_seq_length":-5}"#,
      "sentence_bert_config.json: max_seq_length is -5, which leaves no room for text beside 2 "
        + "special tokens"
    ),
    (
      #"{"max_seq_length":"x"}"#,
      #"sentence_bert_config.json: `max_seq_length` should be a whole number, is "x""#
    ),
  ])
  func aLimitThatCannotBeIsRefused(settings: String, message: String) throws {
    let error = try #require(throws: FileError.self) { try limit(settings, "{}", "{}") }
    #expect(error.description == message)
  }
}
