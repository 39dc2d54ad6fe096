import Embeddings
import TestSupport
import Testing

/// modules.json and the modules' own files.
@Suite struct ModulesTests {
  private static let known =
    "known are "
    + (["Asym", "Router"] + Modules.known.keys + Modules.first.keys).sorted().joined(
      separator: ", ")
  private static let first = Modules.first.keys.sorted().joined(separator: ", ")

  /// A modules.json of the last names of types, and paths.
  static func listing(_ modules: [(type: String, path: String)]) -> String {
    let entries = modules.enumerated().map { index, module in
      let type =
        module.type.contains(".") ? module.type : "sentence_transformers.models.\(module.type)"
      return #"{"idx":\#(index),"name":"\#(index)","path":"\#(module.path)","type":"\#(type)"}"#
    }
    return "[\(entries.joined(separator: ","))]"
  }

  static func modules(
    _ name: String, _ modules: [(type: String, path: String)], _ message: String
  ) -> SpoiltModel {
    let text = listing(modules)
    let isWhole = message.hasPrefix("modules.json")
    return SpoiltModel(name, isWhole ? message : "MODEL/modules.json: \(message)") {
      try $0.write("modules.json", text)
    }
  }

  @Test(arguments: [
    modules(
      "no modules", [],
      "lists no module; the first should be one of \(first)"),
    modules(
      "no Transformer", [("Pooling", "1_Pooling")],
      "module 0, type `sentence_transformers.models.Pooling`, stands in the wrong place: the "
        + "first module, and no other, should be one that reads text (\(first))"),
    modules(
      "Pooling first", [("Pooling", "1_Pooling"), ("Transformer", "")],
      "module 0, type `sentence_transformers.models.Pooling`, stands in the wrong place: the "
        + "first module, and no other, should be one that reads text (\(first))"),
    modules(
      "two Transformers", [("Transformer", ""), ("Transformer", ""), ("Pooling", "1_Pooling")],
      "module 1, type `sentence_transformers.models.Transformer`, stands in the wrong place: "
        + "the first module, and no other, should be one that reads text (\(first))"),
    modules("no Pooling", [("Transformer", "")], "no Pooling; a text has no vector without one"),
    modules(
      "two Poolings", [("Transformer", ""), ("Pooling", "1_Pooling"), ("Pooling", "1_Pooling")],
      "modules.json: Pooling stands where each text has one vector already; it takes the "
        + "vectors of tokens, so it stands before Pooling, and a model has one Pooling"),
    modules(
      "Normalize before Pooling",
      [("Transformer", ""), ("Normalize", "2_Normalize"), ("Pooling", "1_Pooling")],
      "modules.json: Normalize stands before Pooling; it takes one vector a text, swap them"),
    modules(
      "an unknown type", [("Transformer", ""), ("Wiggle", "")],
      "module 1, type `sentence_transformers.models.Wiggle`, is not known; \(known)"),
    modules(
      "code of its own", [("Transformer", ""), ("custom_st.Wiggle", "")],
      "module type `custom_st.Wiggle` is Python code of the model's own, which is not run; "
        + "\(known)"),
    modules(
      "an empty type", [("sentence_transformers.", "")],
      "module 0, type `sentence_transformers.`, is not known; \(known)"),
    modules(
      "a path upwards", [("Transformer", ""), ("Pooling", "../x")],
      "path `../x` leads out of the model's directory; modules lie inside it"),
    modules(
      "a hidden path upwards", [("Transformer", ""), ("Pooling", "a/../../x")],
      "path `a/../../x` leads out of the model's directory; modules lie inside it"),
    modules(
      "an absolute path", [("Transformer", ""), ("Pooling", "/etc")],
      "path `/etc` leads out of the model's directory; modules lie inside it"),
    modules(
      "a Transformer elsewhere", [("Transformer", "../x"), ("Pooling", "1_Pooling")],
      "path `../x` leads out of the model's directory; modules lie inside it"),
    .member("modules.json", "type", nil, "`[0].type` is missing, should be a string"),
    .member(
      "modules.json", "type", "7",
      "`[0].type` should be a string, is 7"),
    .member("modules.json", "path", "7", "`[0].path` should be a string, is 7"),
    .file("modules.json", "holds numbers", "[1,2]", ": `[0]` should be an object, is 1"),
  ]) func modulesThatCannotBeAreNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test func aModuleWhoseFolderIsMissingIsNamed() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.write(
      "modules.json", Self.listing([("Transformer", ""), ("Pooling", "1_Elsewhere")]))
    expectFailure(
      try model.encode(),
      message: "\(model.path)/1_Elsewhere: no config.json, which says how token vectors become "
        + "one")
  }

  @Test(
    arguments: [
      .member(
        "1_Pooling/config.json", "word_embedding_dimension", "1e400",
        "`word_embedding_dimension` should be a whole number, is 1e400"),
      .member(
        "1_Pooling/config.json", "word_embedding_dimension", "32.5",
        "`word_embedding_dimension` should be a whole number, is 32.5"),
      .member(
        "1_Pooling/config.json", "word_embedding_dimension", "\"32\"",
        "`word_embedding_dimension` should be a whole number, is \"32\""),
      .member(
        "1_Pooling/config.json", "pooling_mode_mean_tokens", "\"yes\"",
        "`pooling_mode_mean_tokens` should be true or false, is \"yes\""),
      SpoiltModel(
        "an unknown pooling",
        "MODEL/1_Pooling/config.json: pooling_mode `wiggle` is not known; known are cls, "
          + "max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken"
      ) {
        try $0.edit("1_Pooling/config.json") { $0["pooling_mode"] = "wiggle" }
      },
      SpoiltModel(
        "no pooling",
        "MODEL/1_Pooling/config.json: `pooling_mode` lists 0 ways, should be 1 to 16"
      ) {
        try $0.edit("1_Pooling/config.json") { $0["pooling_mode"] = [String]() }
      },
      SpoiltModel(
        "a pooling that is a number",
        "MODEL/1_Pooling/config.json: `pooling_mode` should be a string, is 7"
      ) {
        try $0.edit("1_Pooling/config.json") { $0["pooling_mode"] = 7 }
      },
    ] as [SpoiltModel])
  func poolingThatCannotBeIsNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test(
    arguments: [
      ("word_embedding_dimension", nil), ("word_embedding_dimension", "33"),
      ("word_embedding_dimension", "0"), ("word_embedding_dimension", "-1"),
      ("word_embedding_dimension", "1099511627776"), ("pooling_mode_mean_tokens", "1"),
      ("pooling_mode_cls_token", "0"), ("include_prompt", "1"), ("include_prompt", "0"),
    ] as [(String, String?)])
  func poolingThatPythonTakesGivesTheSameVectors(_ key: String, _ value: String?) throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    let expected = try model.encode()
    try model.set(key, in: "1_Pooling/config.json", to: value)
    let found = try model.encode()
    expectRows(found, 1)
    #expect(found.text == expected.text)
  }

  @Test func twoPoolingsInOneLieSideBySide() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set("pooling_mode_cls_token", in: "1_Pooling/config.json", to: "true")
    let result = try model.encode()
    expectRows(result, 1)
    #expect(numbers(result.text).count == 64)
  }
}
