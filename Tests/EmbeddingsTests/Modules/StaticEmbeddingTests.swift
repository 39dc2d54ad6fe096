import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

@Suite struct StaticEmbeddingTests {
  @Test func theTokenizersOwnCutApplies() throws {
    let model = try Embedder(folder: Fixture.path("pipelines/model2vec-short"))
    let limit = try Inspection(model).limit
    #expect(limit?.tokens == 12 && limit?.origin.contains("truncation") == true)
    let route = try model.model.route(prompt: "")
    let long = Array("the cat and the cat and the cat and the cat and the cat".utf8)
    let encoding = try route.encoding(of: long)
    #expect(encoding.ids.count == 12 && encoding.truncated)
  }

  @Test func inspectionTellsThatModel2VecWouldDoOtherwise() throws {
    let warnings = try Inspection(Embedder(folder: Fixture.path("pipelines/model2vec"))).warnings
    #expect(warnings.contains { $0.contains("model2vec") && $0.contains("unknown tokens") })
  }

  @Test func aBareModelOfModel2VecReadsAsItsConfigSays() throws {
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/model2vec-quantized"))
    try folder.remove("modules.json")
    let inspection = try Inspection(Embedder(folder: folder.path))
    #expect(inspection.layout.contains("model2vec"))
    #expect(inspection.modules.first?.contains("sharing 30 vectors, weighted") == true)
    #expect(inspection.modules.last?.hasPrefix("Normalize") == true)
    #expect(inspection.tokenizer.contains { $0.stage == "model2vec" })
    #expect(inspection.limit?.tokens == 512)
    #expect(inspection.storedAs.contains("I8"))
    // Files from before config.json said `model_type`.
    try folder.set(["model_type": nil], in: "config.json")
    #expect(try Inspection(Embedder(folder: folder.path)).layout.contains("model2vec"))
    try folder.set(["normalize": false, "max_length": 3], in: "config.json")
    let short = try Inspection(Embedder(folder: folder.path))
    #expect(short.limit?.tokens == 3 && short.modules.count == 1)
    try folder.set(["max_length": 0], in: "config.json")
    #expect(throws: FileError.self) { try Embedder(folder: folder.path) }
  }

  @Test func aTokenizerOfAnotherModelIsRefused() throws {
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/static-embedding"))
    let other = try readFile(Fixture.tinyBERT + "/tokenizer.json", limit: 1 << 20)
    try folder.write("tokenizer.json", String(decoding: other, as: UTF8.self))
    let error = try #require(throws: FileError.self) { try Embedder(folder: folder.path) }
    #expect(
      error.description
        == "\(folder.path): tokenizer.json has ids up to 289, but there are vectors "
        + "of 99 only; they are not of the same model")
  }
}
