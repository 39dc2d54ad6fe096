import TestSupport
import Testing

/// tokenizer.json of a model that says what cannot be.
@Suite struct ModelTokenizerTests {
  static func edited(
    _ name: String, _ words: String..., by change: @escaping @Sendable (inout [String: Any]) -> Void
  ) -> SpoiltModel {
    SpoiltModel(name, words: ["tokenizer.json"] + words) {
      try $0.edit("tokenizer.json", change)
    }
  }

  static func model(
    _ name: String, _ key: String, _ value: (any Sendable)?, _ words: String...
  ) -> SpoiltModel {
    SpoiltModel(name, words: ["tokenizer.json"] + words) {
      try $0.edit("tokenizer.json") { $0["model"] = changed($0["model"], key, value) }
    }
  }

  static func word(_ name: String, _ id: any Sendable, _ words: String...) -> SpoiltModel {
    SpoiltModel(name, words: ["tokenizer.json"] + words) {
      try $0.edit("tokenizer.json") { tokenizer in
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
    edited("no model", "model") { $0["model"] = nil },
    edited("a model that is a word", "model") { $0["model"] = "WordPiece" },
    edited("another version", "version", "2.0") { $0["version"] = "2.0" },
    model("an unknown model", "type", "Wiggle", "Wiggle", "known", "WordPiece"),
    model("no vocabulary", "vocab", nil, "vocab"), model("a list", "vocab", ["a"], "vocab"),
    model("an empty vocabulary", "vocab", [String: Int]()),
    model("an unknown token of a wrong type", "unk_token", 7, "unk_token"),
    model("a prefix of a wrong type", "continuing_subword_prefix", 7, "continuing_subword_prefix"),
    model("negative word length", "max_input_chars_per_word", -1, "max_input_chars_per_word"),
    model("word length in words", "max_input_chars_per_word", "x", "max_input_chars_per_word"),
    word("an id that is a word", "7", "zzz"), word("a negative id", -1, "zzz"),
    word("half an id", 3.5, "zzz"), word("a huge id", 1 << 40, "zzz"),
    word("an id beyond the table", 290, "290", "290 rows"),
    word("an id far beyond the table", 2_000_000_000, "2000000000", "290 rows"),
    edited("added tokens that are a number", "added_tokens") { $0["added_tokens"] = 7 },
    edited("an added token without an id", "added_tokens") {
      $0["added_tokens"] = [["content": "x", "special": false]]
    },
    edited("an added token beyond the table", "290 rows") {
      $0["added_tokens"] = [
        [
          "id": 300, "content": "zzz", "special": false, "single_word": false, "lstrip": false,
          "rstrip": false, "normalized": false,
        ]
      ]
    },
    edited("a normalizer that is a word", "normalizer") { $0["normalizer"] = "x" },
    edited("an unknown normalizer", "normalizer", "Wiggle", "known", "BertNormalizer") {
      $0["normalizer"] = ["type": "Wiggle"]
    },
    edited("an unknown pre-tokenizer", "pre-tokenizer", "Wiggle", "known") {
      $0["pre_tokenizer"] = ["type": "Wiggle"]
    },
    edited("an unknown post-processor", "post-processor", "Wiggle", "known") {
      $0["post_processor"] = ["type": "Wiggle"]
    },
    edited("a template without its specials", "[CLS]", "special_tokens") {
      $0["post_processor"] = changed($0["post_processor"], "special_tokens", [String: Int]())
    },
    edited("a template without the text", "single") {
      $0["post_processor"] = changed($0["post_processor"], "single", [Any]())
    },
  ]) func whatCannotBeIsNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test func segmentsBeyondTheTableAreNamed() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.edit("tokenizer.json") {
      let single: [[String: Any]] = [
        ["SpecialToken": ["id": "[CLS]", "type_id": 0]], ["Sequence": ["id": "A", "type_id": 2]],
      ]
      $0["post_processor"] = Self.changed($0["post_processor"], "single", single)
    }
    expectFailure(try model.encode(), ["tokenizer.json", "2 rows"])
  }

  @Test func anUnknownTokenThatIsNoneFailsTheRowsThatNeedIt() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.edit("tokenizer.json") {
      $0["model"] = Self.changed($0["model"], "unk_token", "[NOPE]")
    }
    expectRows(try model.encode("the cat\n"), 1)
    expectFailure(try model.encode("the cat\nф\n"), ["stdin, line 2", "[NOPE]"], rows: 1)
  }

  @Test func noSpecialTokensAreNoCrash() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.edit("tokenizer.json") { $0["post_processor"] = nil }
    let result = try model.encode("\nthe cat\n \n")
    expectRows(result, 3)
    for line in result.lines { #expect(numbers(line).count == 32) }
  }
}
