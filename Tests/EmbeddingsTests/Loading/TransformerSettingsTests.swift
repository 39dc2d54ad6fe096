import ModelFiles
import TestSupport
import Testing
import Tokenizers

@testable import Embeddings

/// sentence_bert_config.json and its other names.
@Suite struct TransformerSettingsTests {
  private static let vectors = "for the network's task"
  private static let manyVectors =
    "models that give a text many vectors, and this is none; remove it"
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
    (
      #"{"modality_config":{"image":{"method":"forward"}}}"#,
      "`modality_config` has no `text`; the model does not read texts"
    ),
    (
      #"{"modality_config":{"text":{"method":"get_text_features"}}}"#,
      #"`method` is "get_text_features"; only `forward` is computed \#(vectors)"#
    ),
    (
      #"{"modality_config":{"text":{"method":"forward","method_output_name":"pooler_output"}}}"#,
      #"`method_output_name` is "pooler_output"; only `last_hidden_state` is computed \#(vectors)"#
    ),
    (
      #"{"modality_config":{"text":{"method":"forward","method_output_name":["hidden_states","-1"]}}}"#,
      "`method_output_name` is an array; only `last_hidden_state` is computed \(vectors)"
    ),
    (
      #"{"modality_config":{\#(text)},"module_output_name":"sentence_embedding"}"#,
      #"`module_output_name` is "sentence_embedding"; only `token_embeddings` is computed \#(vectors)"#
    ),
    (
      #"{"modality_config":{\#(text),"message":{"method":"forward"}}}"#,
      "`modality_config.message`: texts go through a chat template, but there is none: neither "
        + "chat_template.jinja nor `chat_template` in tokenizer_config.json"
    ),
    (#"{"modality_config":7}"#, "`modality_config` should be an object, is 7"),
    (
      #"{"transformer_task":"retrieval"}"#,
      #"`transformer_task` is "retrieval", which is not computed; computed are feature-extraction, "#
        + "sequence-classification, fill-mask, text-generation"
    ),
    (#"{"query_length":32}"#, "`query_length` is of \(manyVectors)"),
    (#"{"document_length":32}"#, "`document_length` is of \(manyVectors)"),
    (#"{"query_expansion":{"length":32}}"#, "`query_expansion` is of \(manyVectors)"),
    (
      #"{"processing_kwargs":{"text":{"padding":true}}}"#,
      "`processing_kwargs` says something of `text`, which is not done"
    ),
  ])
  func whatIsNotComputedIsRefusedByReason(settings: String, reason: String) throws {
    let folder = try model(settings)
    let error = try #require(throws: FileError.self) { try Embedder(folder: folder.path) }
    #expect(error.description == "\(folder.path)/sentence_bert_config.json: \(reason)")
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

  @Test func ofVeryManyArgumentsTheFirstAreNamed() throws {
    let members = (0..<5000).map { #""argument\#($0)":null"# }.joined(separator: ",")
    let json = try JSON(Array(#"{"model_args":{\#(members)}}"#.utf8), name: "settings").object()
    let warnings = try TransformerSettings(json).warnings
    #expect(warnings.count == 100)
    #expect(warnings.first == "settings: `model_args.argument0` is not used")
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
