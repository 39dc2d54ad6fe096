import Encoders
import TestSupport
import Testing

/// JSON files of a model that are damaged or say what cannot be.
@Suite struct ModelJSONTests {
  private static let architectures = Architectures.known.keys.sorted().joined(separator: ", ")
  static let required = ["config.json", "modules.json", "tokenizer.json", "1_Pooling/config.json"]
  static let optional = [
    "config_sentence_transformers.json", "sentence_bert_config.json", "tokenizer_config.json",
  ]

  static func damages(_ file: String) -> [SpoiltModel] {
    let opening = file == "modules.json" ? "[" : "{\"a\":"
    let kind = file == "modules.json" ? "an array" : "an object"
    let other = file == "modules.json" ? "an object" : "an array"
    let nothing = "expected a value, found the end of the text"
    return [
      .file(file, "is empty", "", ": line 1, column 1: \(nothing)"),
      .file(file, "is blank", " \n\n", ": line 3, column 1: \(nothing)"),
      .file(file, "is no JSON", "yes", ": line 1, column 1: expected a value, found `y`"),
      .file(
        file, "is a web page", "<!DOCTYPE html>",
        " is a web page, not the file itself: its download failed; fetch it again"),
      .file(file, "is a number", "7", " should be \(kind), is 7"),
      .file(file, "is null", "null", " should be \(kind), is null"),
      .file(file, "is a string", "\"x\"", " should be \(kind), is \"x\""),
      .file(
        file, "is of the other kind", file == "modules.json" ? "{}" : "[]",
        " should be \(kind), is \(other)"),
      .file(
        file, "is nested 200,000 deep", String(repeating: opening, count: 200_000),
        ": line 1, column \(128 * opening.utf8.count + 1): nested deeper than 128 levels, the most "
          + "allowed"),
      .file(
        file, "has a byte order mark", "\u{FEFF}{}",
        " begins with a byte order mark (EF BB BF), which JSON does not allow; save it as UTF-8 "
          + "without one"),
      .file(
        file, "has an open comment", "/* {} ", ": line 1, column 1: expected a value, found `/`"),
      .file(
        file, "has two values", "{} {}",
        ": line 1, column 4: expected the end of the text, found `{`"),
      .file(
        file, "is a git-lfs pointer",
        "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n",
        " is a git-lfs pointer, not the file itself; fetch it with `git lfs pull`"),
      SpoiltModel(
        "\(file) is UTF-16", "MODEL/\(file) is UTF-16, JSON should be UTF-8; save it as UTF-8"
      ) {
        try $0.write(file, [0xFF, 0xFE] + "{}".utf16.flatMap { [UInt8($0 & 0xFF), 0] })
      },
      SpoiltModel(
        "\(file) is not UTF-8",
        "MODEL/\(file): line 1, column 3: expected well-formed UTF-8, found the byte 0xff"
      ) { try $0.write(file, [0x7B, 0x22, 0xFF, 0x22]) },
    ]
  }

  private static let noQuote = "the string that begins here has no closing quote"
  private static let noKey = "expected a key in quotes, found the end of the text"

  @Test(arguments: [
    ("config.json", "line 10, column 23: expected a value, found the end of the text"),
    ("modules.json", "line 12, column 3: \(noKey)"),
    ("tokenizer.json", "line 229, column 16: expected `,` or `}`, found the end of the text"),
    ("1_Pooling/config.json", "line 6, column 3: \(noQuote)"),
    ("tokenizer_config.json", "line 6, column 3: \(noQuote)"),
    ("config_sentence_transformers.json", "line 7, column 3: \(noQuote)"),
    ("sentence_bert_config.json", "line 3, column 1: \(noKey)"),
  ]) func aFileThatIsCutInTheMiddleIsNamed(_ file: String, _ problem: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let bytes = try model.bytes(file)
    try model.write(file, bytes[..<(bytes.count / 2)])
    expectFailure(try model.encode(), message: "\(model.path)/\(file): \(problem)")
  }

  @Test(arguments: (required + optional).flatMap(damages))
  func damageIsNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  static let counts = [
    "hidden_size", "intermediate_size", "max_position_embeddings", "num_attention_heads",
    "num_hidden_layers", "vocab_size",
  ]
  /// Values, and what is said of them.
  static let noCounts: [(String?, String)] =
    ["\"32\"", "1e400", "3.5", "null", "true"].map { (value: String) in
      (value, "should be a whole number, is \(value)")
    }
    + ["-1", "0", "1099511627776"].map { (value: String) in
      (value, "should be between 1 and 16777216, is \(value)")
    }
    + [
      (nil, "is missing, should be a whole number"),
      ("[]", "should be a whole number, is an array"),
      (
        "99999999999999999999",
        "should be a whole number between -9223372036854775808 and 9223372036854775807, is "
          + "99999999999999999999"
      ),
    ]

  @Test(
    arguments: counts.flatMap { key in
      noCounts.map { .member("config.json", key, $0, "`\(key)` \($1)") } as [SpoiltModel]
    }) func aSizeThatIsNoneIsNamed(_ model: SpoiltModel) throws
  { try model.expectRefused() }

  static let sizes: [(key: String, value: String, tensor: String, problem: String)] = [
    ("hidden_size", "64", "embeddings.word_embeddings", "is [290, 32], should be [290, 64]"),
    ("hidden_size", "16", "embeddings.word_embeddings", "is [290, 32], should be [290, 16]"),
    (
      "intermediate_size", "65", "encoder.layer.0.intermediate.dense",
      "is [64, 32], should be [65, 32]"
    ),
    (
      "max_position_embeddings", "65", "embeddings.position_embeddings",
      "is [64, 32], should be [65, 32]"
    ),
    (
      "max_position_embeddings", "63", "embeddings.position_embeddings",
      "is [64, 32], should be [63, 32]"
    ),
    ("vocab_size", "291", "embeddings.word_embeddings", "is [290, 32], should be [291, 32]"),
    ("vocab_size", "289", "embeddings.word_embeddings", "is [290, 32], should be [289, 32]"),
    ("type_vocab_size", "3", "embeddings.token_type_embeddings", "is [2, 32], should be [3, 32]"),
    ("type_vocab_size", "1", "embeddings.token_type_embeddings", "is [2, 32], should be [1, 32]"),
  ]

  @Test(arguments: sizes)
  func aSizeThatTheTensorsDoNotHaveIsNamed(
    _ key: String, _ value: String, _ tensor: String, _ problem: String
  ) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set(key, in: "config.json", to: value)
    expectFailure(
      try model.encode(),
      message:
        "\(model.path)/model.safetensors: tensor `\(tensor).weight` \(problem) by config.json")
  }

  @Test(arguments: ["3", "4000"]) func layersThatAreNotThereAreNamed(_ count: String) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set("num_hidden_layers", in: "config.json", to: count)
    expectFailure(
      try model.encode(),
      message: "\(model.path)/model.safetensors: no tensor "
        + "`encoder.layer.2.attention.self.query.weight`, which config.json's model_type needs with "
        + "the shape [32, 32]")
  }

  @Test(
    arguments: [
      .member(
        "config.json", "num_attention_heads", "5",
        "`num_attention_heads` is 5, which does not divide the hidden size 32"),
      .member(
        "config.json", "num_attention_heads", "64",
        "`num_attention_heads` is 64, which does not divide the hidden size 32"),
      .member(
        "config.json", "hidden_act", "\"wiggle\"",
        "`hidden_act` is `wiggle`, which is not known; known are gelu, gelu_new, "
          + "gelu_pytorch_tanh, quick_gelu, relu, sigmoid, silu, swish, tanh"),
      .member("config.json", "hidden_act", "7", "`hidden_act` should be a string, is 7"),
      .member(
        "config.json", "layer_norm_eps", "\"x\"",
        "`layer_norm_eps` should be a number, is \"x\""),
      .member(
        "config.json", "layer_norm_eps", "-1",
        "`layer_norm_eps` should be between 0 and 1, is -1.0"),
      .member(
        "config.json", "layer_norm_eps", "2",
        "`layer_norm_eps` should be between 0 and 1, is 2.0"),
      .member(
        "config.json", "layer_norm_eps", "1e400",
        "`layer_norm_eps` should be a number between -1.8e308 and 1.8e308, is 1e400"),
      .member(
        "config.json", "type_vocab_size", "0",
        "`type_vocab_size` should be between 1 and 16777216, is 0"),
      .member(
        "config.json", "type_vocab_size", "\"2\"",
        "`type_vocab_size` should be a whole number, is \"2\""),
      .member(
        "config.json", "model_type", nil,
        "`model_type` is missing, should be a string"),
      .member("config.json", "model_type", "7", "`model_type` should be a string, is 7"),
      .member(
        "config.json", "model_type", "\"gpt9\"",
        "model_type `gpt9` is not supported; known are \(architectures)"),
      .member(
        "config.json", "model_type", "\"\\u001b[31m\"",
        "model_type `\\x1b[31m` is not supported; known are \(architectures)"),
      SpoiltModel(
        "relative positions",
        "MODEL/config.json: `position_embedding_type` is `relative_key`; only `absolute` is "
          + "computed"
      ) {
        try $0.edit("config.json") { $0["position_embedding_type"] = "relative_key" }
      },
    ] as [SpoiltModel])
  func aNetworkThatIsNotComputedIsNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test(
    arguments: [
      .member(
        "sentence_bert_config.json", "max_seq_length", "0",
        "max_seq_length is 0, which leaves no room for text beside 2 special tokens"),
      .member(
        "sentence_bert_config.json", "max_seq_length", "1",
        "max_seq_length is 1, which leaves no room for text beside 2 special tokens"),
      .member(
        "sentence_bert_config.json", "max_seq_length", "2",
        "max_seq_length is 2, which leaves no room for text beside 2 special tokens"),
      .member(
        "sentence_bert_config.json", "max_seq_length", "-5",
        "max_seq_length is -5, which leaves no room for text beside 2 special tokens"),
      .member(
        "sentence_bert_config.json", "max_seq_length", "\"x\"",
        "`max_seq_length` should be a whole number, is \"x\""),
      .member(
        "sentence_bert_config.json", "max_seq_length", "1e400",
        "`max_seq_length` should be a whole number, is 1e400"),
      .member(
        "sentence_bert_config.json", "max_seq_length", "3.5",
        "`max_seq_length` should be a whole number, is 3.5"),
      .member(
        "sentence_bert_config.json", "do_lower_case", "\"yes\"",
        "`do_lower_case` should be true or false, is \"yes\""),
      .member(
        "config_sentence_transformers.json", "similarity_fn_name", "7",
        "`similarity_fn_name` should be a string, is 7"),
      .member(
        "config_sentence_transformers.json", "default_prompt_name", "\"x\"",
        "default_prompt_name `x` is not among the prompts: query, document"),
      .member(
        "config_sentence_transformers.json", "default_prompt_name", "7",
        "`default_prompt_name` should be a string, is 7"),
      .member(
        "config_sentence_transformers.json", "query", "7",
        "`prompts.query` should be a string, is 7"),
      SpoiltModel(
        "prompts is an array",
        "MODEL/config_sentence_transformers.json: `prompts` should be an object, is an array"
      ) {
        try $0.edit("config_sentence_transformers.json") { $0["prompts"] = ["a"] }
      },
      SpoiltModel(
        "model_max_length is a word",
        "MODEL/tokenizer_config.json: `model_max_length` should be a number, is \"x\""
      ) {
        try $0.remove("sentence_bert_config.json")
        try $0.set("model_max_length", in: "tokenizer_config.json", to: "\"x\"")
      },
      SpoiltModel(
        "model_max_length is negative",
        "MODEL/tokenizer_config.json: model_max_length is -1, which leaves no room for text "
          + "beside 2 special tokens"
      ) {
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
