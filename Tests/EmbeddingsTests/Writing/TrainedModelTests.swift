import Encoders
import ModelFiles
import Tensors
import TestSupport
import Testing
import Vectors

@testable import Embeddings

/// `TrainedModel`.
@Suite struct TrainedModelTests {
  private static let texts = ["the cat sat on a mat", "a house by the river", "then"]

  /// Writes a model with other numbers, and opens it.
  private func written(
    _ start: TextModel, _ parameters: [String: Tensor], in folder: ScratchFolder
  ) throws -> Embedder {
    let made = try NewFolder(folder.file("made"))
    try TrainedModel(start).write(TrainedTensors(parameters), to: made)
    try made.finish()
    return try Embedder(folder: folder.file("made"))
  }

  private func expectSame(_ model: Embedder, _ start: Embedder) throws {
    let (found, expected) = try (model.embed(Self.texts), start.embed(Self.texts))
    for row in 0..<expected.rows { #expect(found[row] == expected[row]) }
  }

  private static func numbers(_ tensor: Tensor) -> [Float] { tensor.withFloats { Array($0) } }

  @Test(arguments: Fixture.pipelines)
  func aCopyGivesTheSameVectors(name: String) throws {
    let (start, folder) = (
      try Embedder(folder: Fixture.path("pipelines/\(name)")), try ScratchFolder()
    )
    let tensors = try start.model.source.tensors()
    let same = Dictionary(uniqueKeysWithValues: try tensors.map { ($0.name, try $0.floats()) })
    let made = try written(start.model, same, in: folder)
    try expectSame(made, start)
    #expect(try Inspection(made).storedAs.allSatisfy { ["F32", "I8"].contains($0) })
  }

  @Test(arguments: ["bert-cls", "layout-0.3", "router", "static-embedding", "bert-new-schema"])
  func eachTensorHasItsNewNumbers(name: String) throws {
    let (start, folder) = (
      try Embedder(folder: Fixture.path("pipelines/\(name)")), try ScratchFolder()
    )
    let tensors = try start.model.source.tensors()
    let changed = try tensors.map { tensor in
      (
        tensor.name,
        Tensor(tensor.shape, Self.numbers(try tensor.floats()).map { $0 * 0.5 + 0.25 })
      )
    }
    let made = try written(start.model, Dictionary(uniqueKeysWithValues: changed), in: folder)
    let found = try made.model.source.tensors()
    #expect(found.map(\.name) == tensors.map(\.name))
    for (found, expected) in zip(found, changed) {
      #expect(found.shape == expected.1.shape)
      #expect(try Self.numbers(found.floats()) == Self.numbers(expected.1))
    }
  }

  @Test(arguments: [(nil, "pooling_mode_mean_tokens"), ("cls", "pooling_mode_cls_token")])
  func aPlainNetworkBecomesAModelOfSentences(pooling: String?, flag: String) throws {
    let plain = try ScratchFolder(copyOf: Fixture.tinyBERT)
    // What is left of another model's settings is not taken for this one's.
    for name in ["modules.json"] { try plain.remove(name) }
    try plain.write("1_Pooling/config.json", "{}")
    var options = EmbedderOptions()
    options.pooling = pooling
    let (start, folder) = (try Embedder(folder: plain.path, options: options), try ScratchFolder())
    let made = try written(start.model, [:], in: folder)
    try expectSame(made, start)
    let list = try JSON(file: folder.file("made/modules.json")).array()
    #expect(try list.elements.map { try $0.string("path") } == ["", "1_Pooling"])
    let settings = try JSON(file: folder.file("made/sentence_bert_config.json"))
    #expect(try settings.int("max_seq_length") == start.model.pipelines.values.first?.limit)
    #expect(try JSON(file: folder.file("made/1_Pooling/config.json")).bool(flag))
    let model = try JSON(file: folder.file("made/config_sentence_transformers.json"))
    #expect(try model.string("model_type") == "SentenceTransformer")
  }

  @Test func nothingOfAnEarlierRunIsCopied() throws {
    let model = try ScratchFolder(copyOf: Fixture.tinyBERT)
    let files = [
      "README.md", "SHA256SUMS", "golden.jsonl", "recipe.json", "log.jsonl", "loss.svg",
      "loss.safetensors", "trainer_state.json", "state.safetensors", "optimizer.pt", "eval/a.csv",
      "checkpoint-20/config.json", "checkpoint-20/model.safetensors",
    ]
    for file in files { try model.write(file, "old") }
    try model.write("notes.txt", "mine")
    let folder = try ScratchFolder()
    _ = try written(try Embedder(folder: model.path).model, [:], in: folder)
    let made = try ScratchFolder(copyOf: folder.file("made"))
    for file in files where file != "SHA256SUMS" { #expect(try !fileExists(made.file(file))) }
    #expect(try made.text("notes.txt") == "mine")
    #expect(try made.text("SHA256SUMS").hasSuffix("  model.safetensors\n"))
  }

  @Test(arguments: ["torch_dtype", "dtype"])
  func theConfigurationSaysFloat32(key: String) throws {
    let model = try ScratchFolder(copyOf: Fixture.tinyBERT)
    for other in ["torch_dtype", "dtype"] {
      try model.set([other: other == key ? "float16" : nil], in: "config.json")
    }
    let folder = try ScratchFolder()
    let made = try written(try Embedder(folder: model.path).model, [:], in: folder)
    let config = try JSON(file: folder.file("made/config.json"))
    #expect(try config.string(key) == "float32")
    try expectSame(made, try Embedder(folder: model.path))
  }

  @Test func aLimitThatWasAskedForIsKept() throws {
    var options = EmbedderOptions()
    options.maximumLength = 6
    let folder = try ScratchFolder()
    let start = try Embedder(folder: Fixture.tinyBERT, options: options)
    let made = try written(start.model, [:], in: folder)
    #expect(made.model.pipelines.values.first?.limit == 6)
    try expectSame(made, start)
  }

  @Test func aTensorThatIsThereTwiceChangesTwice() throws {
    let model = try ScratchFolder(copyOf: Fixture.tinyBERT)
    let file = try TensorFile(folder: Fixture.tinyBERT)
    let table = try #require(file.names.first { $0.hasSuffix("word_embeddings.weight") })
    let names = file.names + ["zz.decoder.weight"]
    let rewritten = try NewFolder(model.file("new"))
    try rewritten.writeSafetensors(
      "model.safetensors",
      names.compactMap { name in
        file[name == "zz.decoder.weight" ? table : name].map { raw in
          NewTensor(name, raw.type, raw.shape) { append in try raw.withBytes(append) }
        }
      })
    try rewritten.finish()
    try model.write("model.safetensors", model.bytes("new/model.safetensors"))
    try model.remove("new")
    let (start, folder) = (try Embedder(folder: model.path).model, try ScratchFolder())
    // All that vectors depend on; the copy of the table is not among that.
    let changed = try start.source.tensors().filter { $0.name != "zz.decoder.weight" }.map {
      ($0.name, Tensor($0.shape, Self.numbers(try $0.floats()).map { $0 + 1 }))
    }
    let made = try written(start, Dictionary(uniqueKeysWithValues: changed), in: folder)
    let found = Dictionary(
      uniqueKeysWithValues: try made.model.source.tensors().map {
        ($0.name, Self.numbers(try $0.floats()))
      })
    #expect(found["zz.decoder.weight"] == found[table] && found[table] != nil)
  }

  @Test func aLossWeightsLieBeside() throws {
    let folder = try ScratchFolder()
    let made = try NewFolder(folder.file("made"))
    let weight = Tensor([2, 3], [1, 2, 3, 4, 5, 6])
    try TrainedModel(try Embedder(folder: Fixture.tinyBERT).model)
      .write(TrainedTensors(), lossWeights: [("classifier.weight", weight)], to: made)
    try made.finish()
    let file = try TensorFile(safetensors: folder.file("made/loss.safetensors"))
    let raw = try #require(file["classifier.weight"])
    #expect(raw.shape == [2, 3] && raw.type == .f32)
    _ = try Embedder(folder: folder.file("made"))
  }

  @Test func aTensorThatNoFileHoldsIsNotLostSilently() throws {
    let (start, folder) = (try Embedder(folder: Fixture.tinyBERT).model, try ScratchFolder())
    let error = try #require(throws: FileError.self) {
      _ = try written(start, ["2_Dense/linear.weight": Tensor([1], [1])], in: folder)
    }
    #expect(error.description.contains("`2_Dense/linear.weight`"))
    #expect(try folder.names == [])
  }

  @Test func aLinkThatLeadsOutIsRefused() throws {
    let model = try ScratchFolder(copyOf: Fixture.tinyBERT)
    try model.link("secret.txt", to: "/etc/hostname")
    let folder = try ScratchFolder()
    let start = try Embedder(folder: model.path).model
    #expect(throws: FileError.self) { _ = try written(start, [:], in: folder) }
    #expect(try folder.names == [])
  }
}
