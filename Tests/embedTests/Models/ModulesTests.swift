import TestSupport
import Testing

/// modules.json and the modules' own files.
@Suite struct ModulesTests {
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
    _ name: String, _ modules: [(type: String, path: String)], _ words: String...
  ) -> SpoiltModel {
    let text = listing(modules)
    return SpoiltModel(name, words: ["modules.json"] + words) { try $0.write("modules.json", text) }
  }

  @Test(arguments: [
    modules("no modules", [], "Transformer"),
    modules("no Transformer", [("Pooling", "1_Pooling")], "Transformer"),
    modules("Pooling first", [("Pooling", "1_Pooling"), ("Transformer", "")], "Transformer"),
    modules(
      "two Transformers", [("Transformer", ""), ("Transformer", ""), ("Pooling", "1_Pooling")],
      "Transformer"),
    modules("no Pooling", [("Transformer", "")], "Pooling"),
    modules(
      "two Poolings", [("Transformer", ""), ("Pooling", "1_Pooling"), ("Pooling", "1_Pooling")],
      "Pooling"),
    modules(
      "Normalize before Pooling",
      [("Transformer", ""), ("Normalize", "2_Normalize"), ("Pooling", "1_Pooling")], "Normalize",
      "Pooling"),
    modules(
      "an unknown type", [("Transformer", ""), ("Wiggle", "")], "Wiggle", "known are",
      "Normalize", "Pooling", "Transformer"),
    modules(
      "code of its own", [("Transformer", ""), ("custom_st.Wiggle", "")], "custom_st.Wiggle",
      "known are"),
    modules("an empty type", [("sentence_transformers.", "")]),
    modules(
      "a path upwards", [("Transformer", ""), ("Pooling", "../x")], "`../x`", "directory"),
    modules("a hidden path upwards", [("Transformer", ""), ("Pooling", "a/../../x")], "a/../../x"),
    modules("an absolute path", [("Transformer", ""), ("Pooling", "/etc")], "`/etc`"),
    modules(
      "a Transformer elsewhere", [("Transformer", "../x"), ("Pooling", "1_Pooling")], "../x"),
    .member("modules.json", "type", nil), .member("modules.json", "type", "7"),
    .member("modules.json", "path", "7"),
    .file("modules.json", "holds numbers", "[1,2]"),
  ]) func modulesThatCannotBeAreNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test func aModuleWhoseFolderIsMissingIsNamed() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.write(
      "modules.json", Self.listing([("Transformer", ""), ("Pooling", "1_Elsewhere")]))
    expectFailure(try model.encode(), ["1_Elsewhere", "config.json"])
  }

  @Test(
    arguments: [
      .member("1_Pooling/config.json", "word_embedding_dimension", nil),
      .member("1_Pooling/config.json", "word_embedding_dimension", "33", "33", "32"),
      .member("1_Pooling/config.json", "word_embedding_dimension", "0"),
      .member("1_Pooling/config.json", "word_embedding_dimension", "-1"),
      .member("1_Pooling/config.json", "word_embedding_dimension", "1099511627776"),
      .member("1_Pooling/config.json", "word_embedding_dimension", "1e400"),
      .member("1_Pooling/config.json", "word_embedding_dimension", "32.5"),
      .member("1_Pooling/config.json", "word_embedding_dimension", "\"32\""),
      .member("1_Pooling/config.json", "pooling_mode_mean_tokens", "\"yes\""),
      .member("1_Pooling/config.json", "pooling_mode_cls_token", "1"),
      .member("1_Pooling/config.json", "include_prompt", "0"),
      SpoiltModel("an unknown pooling", "1_Pooling/config.json", "wiggle", "mean", "cls") {
        try $0.edit("1_Pooling/config.json") { $0["pooling_mode"] = "wiggle" }
      },
      SpoiltModel("no pooling", "1_Pooling/config.json", "pooling_mode") {
        try $0.edit("1_Pooling/config.json") { $0["pooling_mode"] = [String]() }
      },
      SpoiltModel("a pooling that is a number", "1_Pooling/config.json", "pooling_mode") {
        try $0.edit("1_Pooling/config.json") { $0["pooling_mode"] = 7 }
      },
    ] as [SpoiltModel])
  func poolingThatCannotBeIsNamed(_ model: SpoiltModel) throws { try model.expectRefused() }

  @Test func twoPoolingsInOneLieSideBySide() throws {
    let model = try ScratchFolder(copyOf: Models.tiny)
    try model.set("pooling_mode_cls_token", in: "1_Pooling/config.json", to: "true")
    let result = try model.encode()
    expectRows(result, 1)
    #expect(numbers(result.text).count == 64)
  }
}
