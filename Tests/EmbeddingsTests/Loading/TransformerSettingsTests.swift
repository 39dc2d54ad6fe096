import ModelFiles
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

/// sentence_bert_config.json and its other names.
@Suite struct TransformerSettingsTests {
  static let text = #""text":{"method":"forward","method_output_name":"last_hidden_state"}"#

  private func model(_ settings: String, named name: String = "bert") throws -> ScratchFolder {
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/bert-new-schema"))
    try folder.remove("sentence_bert_config.json")
    try folder.write("sentence_\(name)_config.json", settings)
    return folder
  }

  @Test(arguments: [
    "bert", "roberta", "distilbert", "camembert", "albert", "xlm-roberta", "xlnet",
  ])
  func everyNameOfTheFileIsRead(name: String) throws {
    let folder = try model(#"{"max_seq_length":11}"#, named: name)
    #expect(try Inspection(Embedder(folder: folder.path)).limit?.tokens == 11)
  }

  @Test(arguments: [
    (#"{"modality_config":{"image":{"method":"forward"}}}"#, "no `text`"),
    (#"{"modality_config":{"text":{"method":"get_text_features"}}}"#, "get_text_features"),
    (
      #"{"modality_config":{"text":{"method":"forward","method_output_name":"pooler_output"}}}"#,
      "pooler_output"
    ),
    (
      #"{"modality_config":{"text":{"method":"forward","method_output_name":["hidden_states","-1"]}}}"#,
      "method_output_name"
    ),
    (
      #"{"modality_config":{\#(text)},"module_output_name":"sentence_embedding"}"#,
      "module_output_name"
    ),
    (#"{"modality_config":{\#(text),"message":{"method":"forward"}}}"#, "chat template"),
    (#"{"modality_config":7}"#, "modality_config"),
    (#"{"transformer_task":"fill-mask"}"#, "fill-mask"),
    (#"{"transformer_task":"retrieval"}"#, "retrieval"),
    (#"{"query_length":32}"#, "query_length"), (#"{"document_length":32}"#, "document_length"),
    (#"{"query_expansion":{"length":32}}"#, "query_expansion"),
    (#"{"processing_kwargs":{"text":{"padding":true}}}"#, "processing_kwargs"),
  ])
  func whatIsNotComputedIsRefusedByReason(settings: String, word: String) throws {
    let folder = try model(settings)
    let error = try #require(throws: FileError.self) { try Embedder(folder: folder.path) }
    #expect(error.description.contains("sentence_bert_config.json"))
    #expect(error.description.contains(word), "\(error)")
  }

  @Test(arguments: [
    #"{"modality_config":{\#(text),"image+text":{"method":"get_both"}},"unpad_inputs":true}"#,
    #"{"query_length":null,"processing_kwargs":{}}"#, "{}",
  ])
  func whatDoesNotTouchTextsIsNot(settings: String) throws {
    let folder = try model(settings)
    #expect(throws: Never.self) { try Embedder(folder: folder.path) }
  }

  @Test func argumentsForPythonAreFollowedOrNamed() throws {
    let folder = try model(
      #"{"model_args":{"torch_dtype":"float16"},"config_args":{},"tokenizer_args":{"a":1}}"#)
    let warnings = try Inspection(Embedder(folder: folder.path)).warnings
    let path = folder.path
    #expect(
      warnings.contains("\(path)/sentence_bert_config.json: `model_args.torch_dtype` is not used"))
    #expect(
      warnings.contains(
        "\(path)/tokenizer_config.json: `a` is 1; the key is not known here and not used"))
  }

  @Test(arguments: [
    (#"{"tokenizer_args":{"do_lower_case":false}}"#, "The", 1),
    (#"{"processor_kwargs":{"do_lower_case":false}}"#, "The", 1),
    (#"{"processor_kwargs":{"model_max_length":3}}"#, "the cat", 88),
  ])
  func argumentsCountInThePlaceOfTheFile(settings: String, text: String, second: Int32) throws {
    let folder = try model(settings)
    let tokenizer = try ModelTokenizer(model: ModelFolder(folder.path))
    let encoding = try tokenizer.encoding(of: Array(text.utf8), limit: tokenizer.limit?.tokens)
    #expect(encoding.ids == [2, second, 3])
  }

  @Test(arguments: [
    (
      #"{"model_kwargs":{"load_in_8bit":true}}"#,
      "sentence_bert_config.json: `model_kwargs.load_in_8bit` is true, which is not followed here; "
        + "remove it if the vectors do not depend on it"
    ),
    (
      #"{"tokenizer_name_or_path":"org/other"}"#,
      #"sentence_bert_config.json: `tokenizer_name_or_path` is "org/other": the tokenizer is of "#
        + "another model, which is not looked for; copy its files into the model's directory and "
        + "remove the key"
    ),
    (
      #"{"config_kwargs":{"hidden_act":"wiggle"}}"#,
      "config.json: `hidden_act` is `wiggle`, which is not known; known are gelu, gelu_new, "
        + "gelu_pytorch_tanh, quick_gelu, relu, sigmoid, silu, swish, tanh"
    ),
  ])
  func argumentsThatCannotBeFollowedAreRefused(settings: String, message: String) throws {
    let folder = try model(settings)
    let error = try #require(throws: FileError.self) { try Embedder(folder: folder.path) }
    #expect(error.description == "\(folder.path)/\(message)")
  }
}
