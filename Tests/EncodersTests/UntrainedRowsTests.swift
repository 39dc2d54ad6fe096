import ModelFiles
import Testing

@testable import Encoders

@Suite struct UntrainedRowsTests {
  private func rows(_ text: String) throws -> [UntrainedRow] {
    try Architectures.untrainedRows(ModelConfig(JSON(Array(text.utf8), name: "config.json")))
  }

  @Test(arguments: [
    (#"{"model_type":"bert","vocab_size":9}"#, ["word_embeddings.weight"], 0),
    (#"{"model_type":"bert","vocab_size":9,"pad_token_id":3}"#, ["word_embeddings.weight"], 3),
    (#"{"model_type":"bert","vocab_size":9,"pad_token_id":-1}"#, ["word_embeddings.weight"], 8),
    (#"{"model_type":"bert","vocab_size":9,"pad_token_id":null}"#, [], 0),
    (
      #"{"model_type":"roberta","vocab_size":9}"#,
      ["word_embeddings.weight", "position_embeddings.weight"], 1
    ),
    (
      #"{"model_type":"mpnet","vocab_size":9,"pad_token_id":0}"#,
      ["word_embeddings.weight", "position_embeddings.weight"], 1
    ),
    (#"{"model_type":"xlm","n_words":9}"#, ["embeddings.weight"], 2),
    (#"{"model_type":"qwen3","vocab_size":9}"#, [], 0),
    (#"{"model_type":"qwen3","vocab_size":9,"pad_token_id":4}"#, ["embed_tokens.weight"], 4),
    (#"{"model_type":"gemma3_text","vocab_size":9}"#, ["embed_tokens.weight"], 0),
    (#"{"model_type":"modernbert","vocab_size":60000}"#, ["tok_embeddings.weight"], 50283),
    (#"{"model_type":"nomic_bert","vocab_size":9,"n_embd":8}"#, [], 0),
    (#"{"model_type":"t5","vocab_size":9,"pad_token_id":0}"#, [], 0),
    (#"{"model_type":"xlnet","vocab_size":9,"pad_token_id":5}"#, [], 0),
  ])
  func rowsOfPaddingAreTheReferences(text: String, suffixes: [String], row: Int32) throws {
    #expect(try rows(text) == suffixes.map { UntrainedRow(suffix: $0, row: row) })
  }

  @Test func aRowThatCannotBeIsRefused() throws {
    let error = try #require(throws: FileError.self) {
      try rows(#"{"model_type":"bert","vocab_size":9,"pad_token_id":9}"#)
    }
    #expect(
      error.description
        == "config.json: `pad_token_id` is 9, should be below the number of words, 9"
    )
  }

  @Test func aNameHasToEndInTheWhole() {
    let row = UntrainedRow(suffix: "embeddings.weight", row: 2)
    #expect(row.isOf("embeddings.weight") && row.isOf("0_Transformer/embeddings.weight"))
    #expect(row.isOf("transformer.embeddings.weight"))
    #expect(!row.isOf("transformer.position_embeddings.weight") && !row.isOf("weight"))
  }
}
