import TestSupport
import Testing

/// tokenizer.json of a model that says what cannot be.
@Suite struct ModelTokenizerTests {
  /// A problem of the file, or a whole message.
  private static func message(_ problem: String) -> String {
    problem.hasPrefix("MODEL") ? problem : "MODEL/tokenizer.json: \(problem)"
  }

  private static func beyond(_ id: Int) -> String {
    "MODEL: tokenizer.json has ids up to \(id), but the embedding table has 290 rows; they are not "
      + "of the same model"
  }

  /// Changes tokenizer.json, and the class to one that takes it as it is written: of a BertTokenizer
  /// its stages and its model's settings do not count.
  private static func edit(
    _ folder: ScratchFolder, _ change: (inout [String: Any]) -> Void
  ) throws {
    try folder.set(
      "tokenizer_class", in: "tokenizer_config.json", to: "\"PreTrainedTokenizerFast\"")
    try folder.edit("tokenizer.json", change)
  }

  static func edited(
    _ name: String, _ problem: String, by change: @escaping @Sendable (inout [String: Any]) -> Void
  ) -> SpoiltModel {
    SpoiltModel(name, message(problem)) { try edit($0, change) }
  }

  static func model(
    _ name: String, _ key: String, _ value: (any Sendable)?, _ problem: String
  ) -> SpoiltModel {
    SpoiltModel(name, message(problem)) {
      try edit($0) { $0["model"] = changed($0["model"], key, value) }
    }
  }

  static func word(_ name: String, _ id: any Sendable, _ problem: String) -> SpoiltModel {
    SpoiltModel(name, message(problem)) {
      try edit($0) { tokenizer in
        let model = tokenizer["model"] as? [String: Any]
        tokenizer["model"] = changed(model, "vocab", changed(model?["vocab"], "zzz", id))
      }
    }
  }

  static func changed(_ object: Any?, _ key: String, _ value: Any?) -> [String: Any] {
    var object = object as? [String: Any] ?? [:]
    object[key] = value
    return object
  }

  @Test(arguments: [
    edited("no model", "`model` is missing, should be an object") { $0["model"] = nil },
    edited("a model that is a word", "`model` should be an object, is \"WordPiece\"") {
      $0["model"] = "WordPiece"
    },
    edited("another version", "`version` is `2.0`, should be `1.0`") { $0["version"] = "2.0" },
    model(
      "an unknown model", "type", "Wiggle",
      "the model `Wiggle` is not supported; known are BPE, Unigram, WordLevel, WordPiece"),
    model("no vocabulary", "vocab", nil, "`model.vocab` is missing, should be an object"),
    model(
      "a list", "vocab", ["a"],
      "`model.vocab` should be an object, is an array"),
    model(
      "an empty vocabulary", "vocab", [String: Int](),
      "`model.vocab` is empty, should hold pieces and ids"),
    model(
      "an unknown token of a wrong type", "unk_token", 7,
      "`model.unk_token` should be a string, is 7"),
    model(
      "a prefix of a wrong type", "continuing_subword_prefix", 7,
      "`model.continuing_subword_prefix` should be a string, is 7"),
    model(
      "negative word length", "max_input_chars_per_word", -1,
      "`model.max_input_chars_per_word` is -1, should be 0 or more"),
    model(
      "word length in words", "max_input_chars_per_word", "x",
      "`model.max_input_chars_per_word` should be a whole number, is \"x\""),
    word("an id that is a word", "7", "`model.vocab.zzz` should be a whole number, is \"7\""),
    word(
      "a negative id", -1,
      "`model.vocab.zzz` is -1, should be from 0 to 2147483647"),
    word("half an id", 3.5, "`model.vocab.zzz` should be a whole number, is 3.5"),
    word(
      "a huge id", 1 << 40,
      "`model.vocab.zzz` is 1099511627776, should be from 0 to 2147483647"),
    word(
      "an id beyond the table", 290,
      beyond(290)),
    word(
      "an id far beyond the table", 2_000_000_000,
      beyond(2_000_000_000)),
    edited("added tokens that are a number", "`added_tokens` should be an array, is 7") {
      $0["added_tokens"] = 7
    },
    edited(
      "an added token without an id",
      "`added_tokens[0].id` is missing, should be a whole number"
    ) {
      $0["added_tokens"] = [["content": "x", "special": false]]
    },
    edited("a normalizer that is a word", "`normalizer` should be an object, is \"x\"") {
      $0["normalizer"] = "x"
    },
    edited(
      "an unknown normalizer",
      "the normalizer `Wiggle` is not supported; known are BertNormalizer, ByteLevel, "
        + "Lowercase, NFC, NFD, NFKC, NFKD, Nmt, Precompiled, Prepend, Replace, Sequence, Strip, "
        + "StripAccents"
    ) {
      $0["normalizer"] = ["type": "Wiggle"]
    },
    edited(
      "an unknown pre-tokenizer",
      "the pre-tokenizer `Wiggle` is not supported; known are BertPreTokenizer, ByteLevel, "
        + "CharDelimiterSplit, Digits, FixedLength, Metaspace, Punctuation, Sequence, Split, "
        + "UnicodeScripts, Whitespace, WhitespaceSplit"
    ) {
      $0["pre_tokenizer"] = ["type": "Wiggle"]
    },
    edited(
      "an unknown post-processor",
      "the post-processor `Wiggle` is not supported; known are BertProcessing, ByteLevel, "
        + "RobertaProcessing, Sequence, TemplateProcessing"
    ) {
      $0["post_processor"] = ["type": "Wiggle"]
    },
    edited(
      "a template without its specials",
      "`post_processor.single[0]` names `[CLS]`, which is not in `special_tokens`"
    ) {
      $0["post_processor"] = changed($0["post_processor"], "special_tokens", [String: Int]())
    },
    edited(
      "a template without the text",
      "`post_processor.single` names the text 0 times, should name it once"
    ) {
      $0["post_processor"] = changed($0["post_processor"], "single", [Any]())
    },
  ]) func whatCannotBeIsNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test func anAddedTokenBeyondTheTableFailsTheRowsThatHaveIt() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try Self.edit(model) {
      $0["added_tokens"] = [
        [
          "id": 290, "content": "zzz", "special": false, "single_word": false, "lstrip": false,
          "rstrip": false, "normalized": false,
        ]
      ]
    }
    expectFailure(
      try model.encode("the cat\nzzz\n"),
      message: "stdin, line 2: the token `zzz` has the id 290, but the model's embedding table has "
        + "290 rows; take it out of the text", rows: 1)
  }

  @Test func segmentsBeyondTheTableAreNamed() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try Self.edit(model) {
      let single: [[String: Any]] = [
        ["SpecialToken": ["id": "[CLS]", "type_id": 0]], ["Sequence": ["id": "A", "type_id": 2]],
      ]
      $0["post_processor"] = Self.changed($0["post_processor"], "single", single)
    }
    expectFailure(
      try model.encode(),
      message: "\(model.path): tokenizer.json has segments (type_id) up to 2, but their table "
        + "has 2 rows; they are not of the same model")
  }

  @Test func anUnknownTokenThatIsNoneFailsTheRowsThatNeedIt() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try Self.edit(model) {
      $0["model"] = Self.changed($0["model"], "unk_token", "[NOPE]")
    }
    expectRows(try model.encode("the cat\n"), 1)
    expectFailure(
      try model.encode("the cat\nф\n"),
      message: "stdin, line 2: a word is not in the vocabulary, and neither is `unk_token` "
        + "`[NOPE]`, which should replace it", rows: 1)
  }

  @Test func noSpecialTokensAreNoCrash() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try Self.edit(model) { $0["post_processor"] = nil }
    let result = try model.encode("\nthe cat\n \n")
    expectRows(result, 3)
    for line in result.lines { #expect(numbers(line).count == 32) }
  }
}
