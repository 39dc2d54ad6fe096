import Foundation
import ModelFiles
import Tensors
import TestSupport
import Testing

/// Runs that train changes of low rank, against peft 0.21.2 (see Tests/Fixtures/README.md).
@Suite struct AdapterTests {
  private static let runs = Fixture.path("training/runs")
  private let scratch: ScratchFolder
  private var output: String { scratch.file("out") }

  init() throws { scratch = try ScratchFolder() }

  private func train(_ arguments: String..., output: String? = nil) throws -> CommandResult {
    var command = try embedCommand(["train", "--output", output ?? self.output] + arguments)
    command.seconds = 120
    return try command()
  }

  private func tensors(_ path: String) throws -> [String: [Float]] {
    let file = try TensorFile(safetensors: path)
    let found = try file.names.compactMap { file[$0] }.map { raw in
      (raw.name, try raw.withBytes { Tensor([raw.count], raising: $0, from: .float32) }.elements)
    }
    return Dictionary(uniqueKeysWithValues: found)
  }

  private func vectors(_ model: String, _ texts: [String]) throws -> [[Float]] {
    let rows = texts.map { "{\"text\":\"\($0)\"}\n" }.joined()
    let result = try embed("encode", "-m", model, "--input", "jsonl", "--quiet", input: rows)
    #expect(result.ending == .exited(0), "\(result.stderr)")
    return try result.lines.map { try JSON(Array($0.utf8), name: "a row").floats("embedding") }
  }

  @Test(arguments: ["bert_lora", "distilbert_lora_all"])
  func gradientsAndVectorsAreTheReferences(_ name: String) throws {
    let (run, gradients) = ("\(Self.runs)/\(name)", scratch.file("gradients.safetensors"))
    let trained = try train("--recipe", "\(run)/recipe.json", "--gradients", gradients, "--quiet")
    #expect(trained.ending == .exited(0), "\(trained.stderr)")
    let (found, expected) = try (tensors(gradients), tensors("\(run)/gradients.safetensors"))
    #expect(Set(found.keys) == Set(expected.keys) && !expected.isEmpty)
    for (name, values) in expected {
      let most = values.map(\.magnitude).max() ?? 0
      expectClose(found[name] ?? [], values, tolerance: max(5e-5 * most, 1e-7))
    }
    let probes = try Fixture.lines("\(run)/golden.jsonl").filter { $0["embedding"] != nil }
    let last = try probes.filter { try $0.int("step") > 0 }
    let made = try vectors(output, last.map { try $0.string("text") })
    #expect(made.count == last.count && !last.isEmpty)
    for (vector, probe) in zip(made, last) {
      let expected = try probe.floats("embedding")
      let most = expected.map(\.magnitude).max() ?? 0
      expectClose(vector, expected, tolerance: 5e-5 * most)
    }
  }

  @Test func whatItBeginsWithAndHowItIsSavedAreThoseOfPeft() throws {
    // Without a rate nothing is learned.
    let trained = try train(
      "-m", "\(Self.runs)/models/bert", "--lora", "r=4,alpha=8,save=adapter", "--learning-rate",
      "0",
      "--max-steps", "1", "--quiet", "\(Self.runs)/bert_mnrl_triplets/data.jsonl")
    #expect(trained.ending == .exited(0), "\(trained.stderr)")
    let (folder, recorded) = ("\(output)/adapter", "\(Self.runs)/bert_lora/initial")
    #expect(try folderEntries(folder).sorted() == folderEntries(recorded).sorted())
    let file = "adapter_model.safetensors"
    #expect(try tensors("\(folder)/\(file)") == tensors("\(recorded)/\(file)"))
    let settings = try JSON(file: "\(folder)/adapter_config.json").object()
    let expected = try JSON(file: "\(recorded)/adapter_config.json").object()
    for (key, value) in settings.members where !key.isString("base_model_name_or_path") {
      let other = expected[try key.string()]
      #expect(try JSONValue(value).compact == other.map { try JSONValue($0).compact })
    }
    #expect(try settings.string("base_model_name_or_path") == "\(Self.runs)/models/bert")
    // Without what was learned the model is the one it began with.
    #expect(
      try tensors("\(output)/model.safetensors")
        == tensors("\(Self.runs)/models/bert/model.safetensors"))
  }

  @Test func aRunGoesOnFromTheAdapterThatItWrote() throws {
    let data = "\(Self.runs)/bert_mnrl_triplets/data.jsonl"
    let words = ["--learning-rate", "1e-2", "--batch-size", "8", "--dropout", "0", "--quiet", data]
    let model = "\(Self.runs)/models/bert"
    let first = try embedCommand(
      ["train", "-m", model, "--lora", "r=2,modules=value+key,save=adapter", "--output", output]
        + words)()
    #expect(first.ending == .exited(0), "\(first.stderr)")
    // Merged, it is what the run has written.
    let next = try embedCommand(
      ["train", "-m", model, "--lora", "from=\(output)/adapter", "--output", scratch.file("next")]
        + words.map { $0 == "1e-2" ? "0" : $0 })()
    #expect(next.ending == .exited(0), "\(next.stderr)")
    let weights = try [output, scratch.file("next")].map { try tensors("\($0)/model.safetensors") }
    #expect(weights[0] == weights[1])
    #expect(weights[0] != (try tensors("\(model)/model.safetensors")))
    let recipe = try JSON(file: "\(output)/recipe.json")
    #expect(
      try JSONValue(recipe.object("lora")).compact
        == #"{"r":2,"alpha":8.0,"modules":["value","key"],"save":"adapter"}"#)
  }

  /// The base's numbers are raised where products need them: the same is learned as of a file that has
  /// them in float32.
  @Test(arguments: ["f32", "bf16"])
  func aBaseInHalfPrecisionStaysInItsFile(_ precision: String) throws {
    let data = "\(Self.runs)/bert_mnrl_triplets/data.jsonl"
    let (half, single) = (scratch.file("half"), scratch.file("single"))
    for (from, to, format) in [
      ("\(Self.runs)/models/bert", half, "bf16"), (half, single, "f32"),
    ] {
      let made = try embed("convert", "-m", from, "--dtype", format, "--output", to)
      #expect(made.ending == .exited(0), "\(made.stderr)")
    }
    let runs = try [half, single].map { model in
      let output = scratch.file("of-\(lastName(of: model))")
      let trained = try train(
        "-m", model, "--lora", "r=4,alpha=8,modules=all-linear", "--learning-rate", "1e-2",
        "--batch-size", "8", "--dropout", "0", "--precision", precision, "--quiet", data,
        output: output)
      #expect(trained.ending == .exited(0), "\(trained.stderr)")
      return try tensors("\(output)/model.safetensors")
    }
    #expect(Set(runs[0].keys) == Set(runs[1].keys))
    let start = try tensors("\(single)/model.safetensors")
    #expect(runs[0].contains { $0.value != start[$0.key] })
    for (name, values) in runs[1] { expectClose(runs[0][name] ?? [], values, tolerance: 2e-5) }
  }

  @Test func theDryRunSaysWhatIsTrained() throws {
    let said = try embed(
      "train", "-m", "\(Self.runs)/models/bert", "--lora", "r=4,alpha=16", "--dry-run",
      "\(Self.runs)/bert_mnrl_triplets/data.jsonl")
    #expect(said.ending == .exited(0))
    // 4 matrices of 32 · 32: 4 · 4 · 64 of the numbers that vectors depend on.
    #expect(
      said.stderr.contains("LoRA of rank 4, alpha 16 in query, value: 1,024 numbers are trained, "),
      "\(said.stderr)")
  }

  @Test(arguments: [
    (["--lora", "modules=qeury"], "has no linear module `qeury`; did you mean `query`?"),
    (["--lora", "modules=word_embeddings"], "has no linear module `word_embeddings`; "),
    (["--lora", "from=nowhere"], "nowhere: no adapter to go on from"),
    (
      ["--lora", "from=\(runs)/distilbert_lora_all/adapter"],
      "the adapter was made for `../models/distilbert`, and the model is \(runs)/models/bert; start"
    ),
    (
      ["-m", "\(runs)/bert_lora/adapter"],
      "holds an adapter (adapter_config.json), which is no model without its base; to go on with it, "
    ),
    (
      ["-m", Fixture.path("pipelines/static-embedding"), "--lora", "r=4"],
      "is no network with linear"
    ),
    (
      ["--lora", "r=4", "--loss", "ContrastiveTensionLossInBatchNegatives", "--columns", "anchor"],
      "lora: ContrastiveTensionLossInBatchNegatives trains a copy of the model beside it"
    ),
  ])
  func whatIsWrongIsSaid(words: [String], message: String) throws {
    let model = words.contains("-m") ? [] : ["-m", "\(Self.runs)/models/bert"]
    let data = "\(Self.runs)/bert_mnrl_triplets/data.jsonl"
    expectFailure(
      try embedCommand(["train", "--quiet", "--output", output] + model + words + [data])(),
      [message])
  }

  @Test func anAdapterOfAnotherBaseIsRefusedByItsTensors() throws {
    let folder = scratch.file("adapter")
    let recorded = "\(Self.runs)/distilbert_lora_all/adapter"
    try FileManager.default.copyItem(atPath: recorded, toPath: folder)
    let path = "\(folder)/adapter_config.json"
    let settings = try String(contentsOfFile: path, encoding: .utf8)
    try settings.replacing("models/distilbert", with: "models/bert")
      .write(toFile: path, atomically: true, encoding: .utf8)
    expectFailure(
      try train(
        "-m", "\(Self.runs)/models/bert", "--lora", "from=\(folder)", "--quiet",
        "\(Self.runs)/bert_mnrl_triplets/data.jsonl"),
      ["the adapter changes `transformer.layer.0.attention.k_lin`, which", "for `../models/bert`"])
    // The same modules of another rank.
    try FileManager.default.removeItem(atPath: folder)
    try FileManager.default.copyItem(atPath: "\(Self.runs)/bert_lora/adapter", toPath: folder)
    try String(contentsOfFile: path, encoding: .utf8).replacing("\"r\": 4", with: "\"r\": 2")
      .write(toFile: path, atomically: true, encoding: .utf8)
    expectFailure(
      try train(
        "-m", "\(Self.runs)/models/bert", "--lora", "from=\(folder)", "--quiet",
        "\(Self.runs)/bert_mnrl_triplets/data.jsonl"),
      ["query.lora_A.weight` is F32 [4, 32], should be real numbers of [2, 32]"])
    // Another base by its name.
    let other = "\(Self.runs)/bert_lora/adapter"
    expectFailure(
      try train(
        "-m", Models.tiny, "--lora", "from=\(other)", "--quiet",
        "\(Self.runs)/bert_mnrl_triplets/data.jsonl"), ["the adapter was made for `../models/bert`"]
    )
  }
}

extension JSONValue {
  /// Without space.
  fileprivate var compact: String {
    String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
  }
}
