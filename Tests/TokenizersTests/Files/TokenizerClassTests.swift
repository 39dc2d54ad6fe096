import ModelFiles
import TestSupport
import Testing

@testable import Tokenizers

/// Which class reads a tokenizer, as AutoTokenizer of transformers 5.23 finds it.
@Suite struct TokenizerClassTests {
  @Test(
    arguments: [
      ("BertTokenizerFast", nil, "bert", "BertTokenizer", "tokenizer_config.json"),
      (nil, nil, "bert", "BertTokenizer", "model_type"),
      (nil, "XLMRobertaTokenizer", "bert", "XLMRobertaTokenizer", "config.json: tokenizer_class"),
      ("BertTokenizer", "XLMRobertaTokenizer", "bert", "BertTokenizer", "tokenizer_config.json"),
      ("PreTrainedTokenizerFast", nil, "bert", "TokenizersBackend", "tokenizer_config.json"),
      ("MyTokenizer", nil, "roberta", "TokenizersBackend", "tokenizer_config.json"),
      // Types whose files name the wrong class.
      ("PreTrainedTokenizerFast", nil, "qwen2", "Qwen2Tokenizer", "model_type"),
      ("BertTokenizer", nil, "modernbert", "TokenizersBackend", "model_type"),
      ("PreTrainedTokenizerFast", nil, "qwen3", "TokenizersBackend", "tokenizer_config.json"),
      (nil, nil, "new", "TokenizersBackend", "model_type"),
      ("LlamaTokenizer", nil, "mistral", "TokenizersBackend", "model_type"),
      ("LlamaTokenizer", nil, "llama", "LlamaTokenizer", "tokenizer_config.json"),
      ("XLMRobertaTokenizerFast", nil, "new", "XLMRobertaTokenizer", "tokenizer_config.json"),
    ] as [(String?, String?, String, String, String)])
  func theFilesNameIt(
    config: String?, model: String?, type: String, name: String, origin: String
  ) throws {
    func json(_ tokenizerClass: String?, _ more: String, _ name: String) throws -> JSON {
      let own = tokenizerClass.map { #""tokenizer_class":"\#($0)""# }
      let fields = [own, more.isEmpty ? nil : more].compactMap { $0 }.joined(separator: ",")
      return try JSON(Array("{\(fields)}".utf8), name: name)
    }
    let found = try TokenizerClass(
      json(config, "", "tokenizer_config.json"),
      model: json(model, #""model_type":"\#(type)""#, "config.json"))
    #expect(found.name == name && found.origin.contains(origin), "\(found)")
  }

  @Test func stagesAreThoseOfTheClass() throws {
    try RecordedFolder(name: "llama-class").check(modelType: "llama")
  }

  @Test(
    arguments: [
      (
        #"{"tokenizer_class":"HerbertTokenizer"}"#, #"{"model":{"type":"BPE"}}"#,
        "tokenizer.json: transformers' class HerbertTokenizer (tokenizer_config.json: "
          + "tokenizer_class) does not read it as it is written, and what it does instead is not "
          + "known here; if tokenizer.json is right as it is, set `tokenizer_class` of "
          + "tokenizer_config.json to `PreTrainedTokenizerFast`"
      ),
      (
        #"{"tokenizer_class":"BertTokenizer"}"#,
        ##"{"model":{"type":"WordPiece","continuing_subword_prefix":"@@"}}"##,
        ###"tokenizer.json: `model.continuing_subword_prefix` is "@@", but BertTokenizer "###
          + ###"(tokenizer_config.json: tokenizer_class) has "##"; set one of the two to the other, "###
          + "or `tokenizer_class` to `PreTrainedTokenizerFast`, which takes tokenizer.json as it is "
          + "written"
      ),
      (
        #"{"tokenizer_class":"XLMRobertaTokenizer"}"#, #"{"model":{"type":"Unigram","unk_id":0}}"#,
        "tokenizer.json: `model.unk_id` is 0, but XLMRobertaTokenizer (tokenizer_config.json: "
          + "tokenizer_class) has 3; set one of the two to the other, or `tokenizer_class` to "
          + "`PreTrainedTokenizerFast`, which takes tokenizer.json as it is written"
      ),
    ])
  func whatIsNotFollowedIsRefused(config: String, file: String, message: String) throws {
    let config = try JSON(Array(config.utf8), name: "tokenizer_config.json")
    let error = try #require(throws: FileError.self) {
      try TokenizerClass(config, model: nil).stages(
        JSON(Array(file.utf8), name: "tokenizer.json"), config)
    }
    #expect(error.description == message)
  }
}
