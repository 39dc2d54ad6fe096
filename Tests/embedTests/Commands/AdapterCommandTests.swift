import Foundation
import TestSupport
import Testing

/// Folders that hold an adapter and no network of their own.
@Suite struct AdapterCommandTests {
  private static let environment = ["EMBED_MODELS": Fixture.root + "/models.example"]
  private static let texts = "the cat sat\nwhere is the river?\n\n"

  /// A model of bert-tiny's modules and tokenizer, with an adapter in the place of its network.
  private func model(_ adapter: String, base: String = "bert-tiny") throws -> ScratchFolder {
    let folder = try ScratchFolder(copyOf: Models.tiny)
    for name in ["config.json", "model.safetensors"] { try folder.remove(name) }
    let source = Fixture.path("adapters/\(adapter)")
    for name in ["adapter_config.json", "adapter_model.safetensors"] {
      try folder.write(name, ScratchFolder.bytes(of: "\(source)/\(name)"))
    }
    try folder.set("base_model_name_or_path", in: "adapter_config.json", to: "\"\(base)\"")
    return folder
  }

  private func run(_ arguments: String..., input: String = texts) throws -> CommandResult {
    try embedCommand(arguments, environment: Self.environment)(Array(input.utf8))
  }

  private func vectors(_ model: String) throws -> [[Float]] {
    let result = try run("encode", "-m", model)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    return result.lines.map(numbers)
  }

  @Test(arguments: ["patterns", "stabilized", "scaled", "embeddings", "scaled-embeddings"])
  func whatIsMergedGivesTheSameVectors(_ adapter: String) throws {
    let folder = try model(adapter)
    let adapted = try vectors(folder.path)
    #expect(try adapted != vectors(Models.tiny))
    let scratch = try ScratchFolder()
    let merged = scratch.file("merged")
    let converted = try run("convert", "-m", folder.path, "--merge", "--output", merged)
    #expect(converted.ending == .exited(0), "\(converted.stderr)")
    #expect(try vectors(merged) == adapted)
    let names = try FileManager.default.contentsOfDirectory(atPath: merged)
    #expect(names.contains("config.json") && names.contains("modules.json"))
    #expect(!names.contains { $0.hasPrefix("adapter") })
    #expect(try run("similarity", "-m", folder.path, "a cat", "a dog").ending == .exited(0))
    #expect(try run("tokenize", "-m", folder.path).ending == .exited(0))
  }

  /// Each precision multiplies by what both make, not by the base.
  @Test(arguments: ["bf16", "int8"]) func otherPrecisionsAreOfTheMerged(_ precision: String) throws
  {
    let folder = try model("patterns")
    let scratch = try ScratchFolder()
    _ = try run("convert", "-m", folder.path, "--merge", "--output", scratch.file("merged"))
    let found = try run("encode", "-m", folder.path, "--precision", precision)
    if found.stderr.contains("is not available") { return }
    #expect(
      try found.text
        == run("encode", "-m", scratch.file("merged"), "--precision", precision).text)
  }

  @Test func inspectNamesBaseAndRank() throws {
    let folder = try model("patterns")
    #expect(
      try run("inspect", folder.path).text.contains(
        "adapter    LoRA of rank 4, merged into bert-tiny (\(Fixture.root)/models.example/bert-tiny)"
      ))
    let adapter = try object(run("inspect", "--json", folder.path).text)["adapter"]
    let found = try #require(adapter as? [String: Any])
    #expect(found["base"] as? String == "bert-tiny" && found["rank"] as? Int == 4)
    #expect(try object(run("inspect", "--json", Models.tiny).text)["adapter"] is NSNull)
  }

  /// As sentence-transformers has it: the base with a mean over its tokens.
  @Test func aFolderOfAnAdapterAloneIsAPlainNetwork() throws {
    let folder = try model("patterns")
    for name in ["modules.json", "config_sentence_transformers.json"] { try folder.remove(name) }
    #expect(try vectors(folder.path).count == 3)
  }

  /// As trainers leave them beside a model.
  @Test func anotherAdapterBelowAModelIsNoPartOfIt() throws {
    let folder = try ScratchFolder(copyOf: Models.tiny)
    try folder.write("checkpoint-9/adapter_config.json", #"{"base_model_name_or_path":"nowhere"}"#)
    let scratch = try ScratchFolder()
    let result = try run("convert", "-m", folder.path, "--output", scratch.file("copy"))
    #expect(result.ending == .exited(0), "\(result.stderr)")
  }

  @Test func whatIsNoModelIsSaid() throws {
    let nowhere = try model("patterns", base: "org/nowhere")
    let settings = nowhere.file("adapter_config.json")
    let missing = try run("encode", "-m", nowhere.path)
    #expect(missing.ending == .exited(1))
    #expect(
      missing.stderr.contains("\(settings): the base of the adapter, `org/nowhere`, is not found:"))
    #expect(missing.stderr.contains("hf download org/nowhere"))
    let nested = try model("patterns", base: model("patterns").path)
    #expect(try run("encode", "-m", nested.path).ending == .exited(1))
    let unnamed = try model("patterns", base: "")
    #expect(
      try run("encode", "-m", unnamed.path).stderr.contains("`base_model_name_or_path` is missing"))
    let folder = try model("patterns")
    let scratch = try ScratchFolder()
    for (path, flags, words) in [
      (folder.path, [], "--merge writes the model that both make"),
      (Models.tiny, ["--merge"], "leave out --merge"),
    ] as [(String, [String], String)] {
      let command = try embedCommand(
        ["convert", "-m", path, "--output", scratch.file("out")] + flags,
        environment: Self.environment)
      let result = try command()
      #expect(result.ending == .exited(1) && result.stderr.contains(words), "\(result.stderr)")
    }
  }
}
