import ModelFiles
import TestSupport
import Testing

@testable import Embeddings

@Suite struct ModulePatternTests {
  // As Python has it: re.match(rf"(.*\.)?({key})$", module).
  @Test(
    arguments: [
      ("query", "layer.0.query", true), ("query", "query", true),
      ("query", "layer.0.my_query", false),
      ("layer.1.query", "encoder.layer.1.query", true),
      ("layer.1.query", "encoder.layer.11query", true), ("1.query", "layer.11.query", false),
      (#"layer\.1.query"#, "layer.1.query", true), (#"layer\.1\.query"#, "layer_1_query", false),
      ("layer.1.query", "layer_1_query", true), ("^layer.1.query", "layer.1.query", true),
      ("^query", "layer.query", false), ("query$", "layer.query", true), ("", "layer.", true),
      ("layer.0.query", "query", false),
    ] as [(String, String, Bool)])
  func itMatchesTheEndsOfNames(key: String, module: String, matches: Bool) throws {
    #expect(try ModulePattern(key, in: "adapter_config.json").matches(module) == matches)
  }

  @Test(arguments: ["(query|key)", "layer.[0-9].query", "query*", #"layer\d"#, "a b", "é"])
  func otherPatternsAreRefused(key: String) {
    let error = #expect(throws: FileError.self) { try ModulePattern(key, in: "a.json") }
    #expect(error?.description.contains("is a pattern that is not read") == true)
  }
}
