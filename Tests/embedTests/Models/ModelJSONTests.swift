import TestSupport
import Testing

/// JSON files of a model that are damaged or say what cannot be.
@Suite struct ModelJSONTests {
  static let required = ["config.json", "modules.json", "tokenizer.json", "1_Pooling/config.json"]
  static let optional = [
    "config_sentence_transformers.json", "sentence_bert_config.json", "tokenizer_config.json",
  ]

  static func damages(_ file: String) -> [SpoiltModel] {
    let opening = file == "modules.json" ? "[" : "{\"a\":"
    return [
      .file(file, "is empty", ""), .file(file, "is blank", " \n\n"),
      .file(file, "is no JSON", "yes", "line 1, column 1"),
      .file(file, "is a web page", "<!DOCTYPE html>", "web page"),
      .file(file, "is a number", "7"), .file(file, "is null", "null"),
      .file(file, "is a string", "\"x\""),
      .file(file, "is of the other kind", file == "modules.json" ? "{}" : "[]"),
      .file(file, "is nested 200,000 deep", String(repeating: opening, count: 200_000)),
      .file(file, "has a byte order mark", "\u{FEFF}{}", "byte order mark"),
      .file(file, "has an open comment", "/* {} "), .file(file, "has two values", "{} {}"),
      .file(
        file, "is a git-lfs pointer",
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n", "git"),
      SpoiltModel("\(file) is UTF-16", file, "UTF-16") {
        try $0.write(file, [0xFF, 0xFE] + "{}".utf16.flatMap { [UInt8($0 & 0xFF), 0] })
      },
      SpoiltModel("\(file) is not UTF-8", file) { try $0.write(file, [0x7B, 0x22, 0xFF, 0x22]) },
      SpoiltModel("\(file) is cut in the middle", file) { model in
        let bytes = try model.bytes(file)
        try model.write(file, bytes[..<(bytes.count / 2)])
      },
    ]
  }

  @Test(arguments: (required + optional).flatMap(damages))
  func damageIsNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  static let counts = [
    "hidden_size", "intermediate_size", "max_position_embeddings", "num_attention_heads",
    "num_hidden_layers", "vocab_size",
  ]
  static let noCounts = [
    nil, "\"32\"", "-1", "0", "1099511627776", "1e400", "3.5", "null", "true", "[]",
    "99999999999999999999",
  ]

  @Test(
    arguments: counts.flatMap { key in
      noCounts.map { .member("config.json", key, $0) } as [SpoiltModel]
    }) func aSizeThatIsNoneIsNamed(_ model: SpoiltModel) throws
  { try model.expectRefused() }

  static let sizes: [(key: String, value: String)] = [
    ("hidden_size", "64"), ("hidden_size", "16"), ("intermediate_size", "65"),
    ("max_position_embeddings", "65"), ("max_position_embeddings", "63"),
    ("num_hidden_layers", "3"), ("num_hidden_layers", "4000"), ("vocab_size", "291"),
    ("vocab_size", "289"), ("type_vocab_size", "3"), ("type_vocab_size", "1"),
  ]

  @Test(arguments: sizes)
  func aSizeThatTheTensorsDoNotHaveIsNamed(_ key: String, _ value: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set(key, in: "config.json", to: value)
    expectFailure(try model.encode(), ["model.safetensors", "tensor"])
  }

  @Test(
    arguments: [
      .member("config.json", "num_attention_heads", "5", "5", "32"),
      .member("config.json", "num_attention_heads", "64", "64", "32"),
      .member("config.json", "hidden_act", "\"wiggle\"", "wiggle", "gelu", "relu"),
      .member("config.json", "hidden_act", "7"), .member("config.json", "layer_norm_eps", "\"x\""),
      .member("config.json", "layer_norm_eps", "-1"), .member("config.json", "layer_norm_eps", "2"),
      .member("config.json", "layer_norm_eps", "1e400"),
      .member("config.json", "type_vocab_size", "0"),
      .member("config.json", "type_vocab_size", "\"2\""), .member("config.json", "model_type", nil),
      .member("config.json", "model_type", "7"),
      .member("config.json", "model_type", "\"gpt9\"", "gpt9", "known are", "bert"),
      .member("config.json", "model_type", "\"\\u001b[31m\"", "bert"),
      SpoiltModel("relative positions", "config.json", "relative_key", "absolute") {
        try $0.edit("config.json") { $0["position_embedding_type"] = "relative_key" }
      },
    ] as [SpoiltModel])
  func aNetworkThatIsNotComputedIsNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test(
    arguments: [
      .member("sentence_bert_config.json", "max_seq_length", "0", "room"),
      .member("sentence_bert_config.json", "max_seq_length", "1", "room"),
      .member("sentence_bert_config.json", "max_seq_length", "2", "room"),
      .member("sentence_bert_config.json", "max_seq_length", "-5", "room"),
      .member("sentence_bert_config.json", "max_seq_length", "\"x\""),
      .member("sentence_bert_config.json", "max_seq_length", "1e400"),
      .member("sentence_bert_config.json", "max_seq_length", "3.5"),
      .member("sentence_bert_config.json", "do_lower_case", "\"yes\""),
      .member("config_sentence_transformers.json", "similarity_fn_name", "\"x\"", "cosine", "dot"),
      .member("config_sentence_transformers.json", "similarity_fn_name", "7"),
      .member("config_sentence_transformers.json", "default_prompt_name", "\"x\"", "query"),
      .member("config_sentence_transformers.json", "default_prompt_name", "7"),
      .member("config_sentence_transformers.json", "query", "7", "prompts"),
      SpoiltModel("prompts is an array", "config_sentence_transformers.json", "prompts") {
        try $0.edit("config_sentence_transformers.json") { $0["prompts"] = ["a"] }
      },
      SpoiltModel("model_max_length is a word", "tokenizer_config.json", "model_max_length") {
        try $0.remove("sentence_bert_config.json")
        try $0.set("model_max_length", in: "tokenizer_config.json", to: "\"x\"")
      },
      SpoiltModel("model_max_length is negative", "tokenizer_config.json", "model_max_length") {
        try $0.remove("sentence_bert_config.json")
        try $0.set("model_max_length", in: "tokenizer_config.json", to: "-1")
      },
    ] as [SpoiltModel])
  func settingsThatCannotBeAreNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test(arguments: ["512", "1099511627776"])
  func aLimitBeyondThePositionsIsThePositions(_ length: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set("max_seq_length", in: "sentence_bert_config.json", to: length)
    let text = String(repeating: "the ", count: 100)
    let result = try embed("encode", "--tokens", "-m", model.path, "--quiet", input: text)
    expectRows(result, 1)
    #expect(result.text.contains("\"tokens\":64,\"truncated\":true"))
  }

  @Test(arguments: ["1e19", "1e20", "1e30", "-1e30", "9223372036854775808", "64.5"])
  func anEndlessTokenizerIsNoCrash(_ length: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set("model_max_length", in: "tokenizer_config.json", to: length)
    expectRows(try model.encode(), 1)
    let inspected = try embed("inspect", "-m", model.path)
    #expect([0, 1].map { .exited($0) }.contains(inspected.ending), "\(inspected.ending)")
  }
}
