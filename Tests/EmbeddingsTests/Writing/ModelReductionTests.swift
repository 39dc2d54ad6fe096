import Foundation
import ModelFiles
import TestSupport
import Testing
import Vectors

@testable import Embeddings

/// `ModelReduction`.
@Suite struct ModelReductionTests {
  private static let words = "the cat sat on a mat by river house and then fox ran home".split(
    separator: " ")
  private static let texts = (0..<40).map { row in
    (0...row % 7).map { String(words[($0 * $0 + row) % words.count]) }.joined(separator: " ")
  }

  /// A model reduced to 4 dimensions and the folder that it lies in.
  private func reduced(_ model: String, whitened: Bool = false) throws -> (Embedder, ScratchFolder)
  {
    let folder = try ScratchFolder(copyOf: model)
    let embedder = try Embedder(folder: model)
    let made = folder.path + "/reduced"
    let (module, kept) = try ModelReduction(of: embedder, dimensions: 4, to: made)
      .write(fitting: embedder.embed(Self.texts), whitened: whitened)
    #expect(module.hasSuffix("_Dense") && (0.1...1).contains(kept))
    return (try Embedder(folder: made), folder)
  }

  private static let models = [
    "bert-cls", "bert-new-schema", "layout-0.1", "layout-0.3", "router", "static-embedding", "bow",
  ]

  @Test(arguments: models, [false, true])
  func vectorsLieAlongThePrincipalComponents(name: String, whitened: Bool) throws {
    let model = Fixture.path("pipelines/\(name)")
    let (embedder, folder) = try reduced(model, whitened: whitened)
    defer { withExtendedLifetime(folder) {} }
    let before = try Embedder(folder: model)
    let vectors = try before.embed(Self.texts)
    var expected = try PrincipalComponents(vectors, count: 4, threads: 1)(
      vectors, whitened: whitened)
    #expect(embedder.endsInNormalize == before.endsInNormalize)
    if before.endsInNormalize { expected = expected.normalized() }
    let found = try embedder.embed(Self.texts)
    for row in 0..<found.rows { expectClose(found[row], expected[row], tolerance: 1e-4) }
  }

  @Test(arguments: [
    ("bert-cls", "models.Dense", false), ("layout-0.3", "models.Dense", false),
    ("bert-new-schema", "base.modules.dense.Dense", true),
  ])
  func filesAreOfTheModelsEra(name: String, type: String, isLate: Bool) throws {
    let (embedder, folder) = try reduced(Fixture.path("pipelines/\(name)"))
    defer { withExtendedLifetime(folder) {} }
    let entry = try #require(
      embedder.model.pipelines.values.first?.entries.last { $0.entry.kind == "Dense" })
    #expect(entry.entry.type == "sentence_transformers." + type)
    let config = try JSON(file: entry.entry.folder.path + "/config.json")
    #expect((config["module_input_name"] != nil) == isLate)
  }

  @Test func aBareNetworkGetsTheModulesItIsTakenFor() throws {
    let bare = try ScratchFolder(copyOf: Fixture.tinyBERT)
    for name in ["modules.json", "1_Pooling", "sentence_bert_config.json"] { try bare.remove(name) }
    let (embedder, folder) = try reduced(bare.path)
    defer { withExtendedLifetime(folder) {} }
    let entries = try #require(embedder.model.pipelines.values.first?.entries.map(\.entry))
    #expect(entries.map(\.kind) == ["Transformer", "Pooling", "Dense"])
    #expect(entries.map(\.path) == ["", "1_Pooling", "2_Dense"])
  }

  @Test func numbersAndFoldersThatAreTakenAreLeft() throws {
    let model = try ScratchFolder(copyOf: Fixture.path("pipelines/bert-cls"))
    try model.write(
      "modules.json",
      """
      [{"idx":0,"name":"transformer","path":"","type":"sentence_transformers.models.Transformer"},
       {"idx":2,"name":"3","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]
      """)
    try model.write("4_Dense/notes.txt", "mine")
    let (embedder, folder) = try reduced(model.path)
    defer { withExtendedLifetime(folder) {} }
    #expect(embedder.model.pipelines.values.first?.entries.last?.entry.path == "5_Dense")
  }

  @Test func vectorsThatAreSlicedAreReducedAsTheyAre() throws {
    let model = try ScratchFolder(copyOf: Fixture.tinyBERT)
    try model.set(["truncate_dim": 6], in: "config_sentence_transformers.json")
    let (embedder, folder) = try reduced(model.path)
    defer { withExtendedLifetime(folder) {} }
    let vectors = try Embedder(folder: model.path).embed(Self.texts)
    #expect(vectors.columns == 6)
    let expected = try PrincipalComponents(vectors, count: 4, threads: 1)(vectors).normalized()
    let found = try embedder.embed(Self.texts)
    for row in 0..<found.rows { expectClose(found[row], expected[row], tolerance: 1e-4) }
  }

  @Test(arguments: [
    (
      ["a", "b", "c"], false,
      "4 dimensions need at least 4 texts, found 3; give more (ten times as many are better), or "
        + "name fewer dimensions"
    ),
    (
      [String](repeating: "a", count: 9), false,
      "the vectors of the texts are all the same; give others"
    ),
    (
      ["a", "b", "a", "b", "a", "b"], true,
      "the texts differ along fewer than 4 dimensions, and what does not differ cannot be whitened; "
        + "name fewer, or give more texts"
    ),
  ])
  func textsThatDoNotDoAreRefused(texts: [String], whitened: Bool, message: String) throws {
    let embedder = try Embedder(folder: Fixture.tinyBERT)
    let made = NSTemporaryDirectory() + "embed-\(UUID().uuidString)"
    let error = #expect(throws: FileError.self) {
      try ModelReduction(of: embedder, dimensions: 4, to: made)
        .write(fitting: embedder.embed(texts), whitened: whitened)
    }
    #expect(error?.description == message)
    for path in [made, made + ".part"] { #expect(!FileManager.default.fileExists(atPath: path)) }
  }

  @Test func aModelOfModel2VecWithoutModulesIsRefused() throws {
    let model = try ScratchFolder(copyOf: Fixture.path("pipelines/model2vec"))
    try model.remove("modules.json")
    let error = try #require(throws: FileError.self) {
      try ModelReduction(
        of: Embedder(folder: model.path), dimensions: 4, to: model.path + "/reduced")
    }
    #expect(error.description.contains("model2vec"))
  }
}
