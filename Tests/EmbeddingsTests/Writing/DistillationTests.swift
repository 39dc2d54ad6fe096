import Foundation
import ModelFiles
import TestSupport
import Testing
import Tokenizers
import Vectors

@testable import Embeddings

/// `Distillation`.
@Suite struct DistillationTests {
  /// The tiny model in 4 numbers a token, and the folder that it lies in.
  private func distilled(
    counting texts: [String] = [], whitened: Bool = false
  ) throws -> (Embedder, Distillation, ScratchFolder) {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    let embedder = try Embedder(folder: folder.path)
    var distillation = try Distillation(of: embedder, dimensions: 4, to: folder.path + "/static")
    if !texts.isEmpty { try distillation.count(texts.map { Array($0.utf8) }) }
    let vectors = Matrix(try distillation.vectors(0..<distillation.tokenCount))
    let (kept, bytes) = try distillation.write(vectors, whitened: whitened)
    #expect((0.1...1).contains(kept) && bytes == 290 * 4 * 2)
    return (try Embedder(folder: folder.path + "/static"), distillation, folder)
  }

  @Test func aTokenGoesThroughTheModelAsATextOfItsOwn() throws {
    let embedder = try Embedder(folder: Fixture.tinyBERT)
    let tokenizer = try #require(embedder.model.pipelines.values.first?.tokenizer.network)
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    let distillation = try Distillation(of: embedder, dimensions: 4, to: folder.path + "/static")
    // Ids 0 to 4 are special.
    #expect(distillation.tokenCount == 285)
    for token in ["the", "cat", "river"] {
      let id = Int(try #require(tokenizer.id(of: token)))
      let vector = Matrix(try distillation.vectors(id - 5..<id - 4)).normalized()
      expectClose(vector[0], try embedder.embed([token])[0], tolerance: 1e-6)
    }
  }

  @Test func aTokenThatTheModelHasNoRowForGetsNoVector() throws {
    let folder = try ScratchFolder(copyOf: Fixture.tinyBERT)
    let token = """
      {"id":290,"content":"@@","lstrip":false,"rstrip":false,"single_word":false,\
      "normalized":false,"special":false}
      """
    try folder.write(
      "tokenizer.json",
      folder.text("tokenizer.json").replacingOccurrences(
        of: "\"added_tokens\": [", with: "\"added_tokens\": [\(token),"))
    let embedder = try Embedder(folder: folder.path)
    let distillation = try Distillation(of: embedder, dimensions: 4, to: folder.path + "/static")
    #expect(distillation.tokenCount == 285)
    let vectors = Matrix(try distillation.vectors(0..<distillation.tokenCount))
    _ = try distillation.write(vectors, whitened: false)
    let made = try Embedder(folder: folder.path + "/static").embed(["@@ cat", "cat"])
    expectClose(made[0], made[1], tolerance: 1e-6)
  }

  @Test func aTextHasTheWeightedMeanOfItsTokens() throws {
    let texts = ["the cat", "the the the house", "the river"]
    let (model, _, folder) = try distilled(counting: texts)
    defer { withExtendedLifetime(folder) {} }
    let before = try Embedder(folder: Fixture.tinyBERT)
    let route = try before.model.route(prompt: "").beforeNormalize
    let tokenizer = try #require(route.pipeline.tokenizer.network)
    let all = try (Int32(5)..<290).map { try route.pipeline.tokenizer.encoding(of: [$0]) }
    let vectors = try before.vectors(of: all, by: route)
    let reduced = try PrincipalComponents(vectors, count: 4, threads: 1)(vectors)
    // 5 of the 8 tokens are `the`, 1 is `cat`.
    let (the, cat) = (Float(1e-3 / (1e-3 + 5 / 8.0)), Float(1e-3 / (1e-3 + 1 / 8.0)))
    let rows = try ["the", "cat"].map { reduced[Int(try #require(tokenizer.id(of: $0))) - 5] }
    let sum = zip(rows[0], rows[1]).map { $0 * the + $1 * cat }
    let expected = Matrix(columns: 4, sum).normalized()[0]
    // Half precision.
    expectClose(try model.embed(["the cat"])[0], expected, tolerance: 2e-3)
  }

  @Test func specialTokensCountForNothing() throws {
    let (model, _, folder) = try distilled()
    defer { withExtendedLifetime(folder) {} }
    #expect(try model.embed(["[UNK] [MASK]", "", "cat [SEP]", "cat"])[0] == [0, 0, 0, 0])
    let alike = try model.embed(["cat [SEP] \u{E000}", "cat"])
    expectClose(alike[0], alike[1], tolerance: 1e-6)
    let inspected = try Inspection(model)
    #expect(inspected.limit == nil && inspected.storedAs == ["F16"])
  }

  @Test func whatIsCountedOrWhitenedChangesTheVectors() throws {
    let texts = ["the cat sat on the mat"]
    let made = try [
      distilled(), distilled(whitened: true), distilled(counting: texts),
    ]
    let vectors = try made.map { try $0.0.embed(texts)[0] }
    #expect(vectors[0] != vectors[1] && vectors[0] != vectors[2])
  }

  @Test func textsWithoutTokensAreRefused() throws {
    let error = try #require(throws: FileError.self) { _ = try distilled(counting: ["", " "]) }
    #expect(error.description == "the texts have no tokens to count; give others")
  }

  @Test(arguments: ["static-embedding", "word-embeddings"])
  func whatIsNoTransformerIsRefused(name: String) throws {
    let path = Fixture.path("pipelines/\(name)")
    let embedder = try Embedder(folder: path)
    let error = try #require(throws: FileError.self) {
      _ = try Distillation(of: embedder, dimensions: 2, to: NSTemporaryDirectory() + name)
    }
    #expect(error.description == "\(path): its first module is no Transformer to distill from")
  }
}

@Suite struct TokenFrequenciesTests {
  @Test func whatIsFrequentWeighsLittle() {
    let weights = TokenFrequencies(counts: [0, 1, 999]).weights
    expectClose(weights, [1, 0.5, 1e-3 / 1], tolerance: 1e-6)
  }

  @Test func zipfsLawRanksTheFirstAsTheMostFrequent() {
    // Shares 6/11, 3/11 and 2/11.
    let weights = TokenFrequencies(rankedFirst: 3).weights
    expectClose(weights, [5.5e-5, 1.1e-4, 1.65e-4], tolerance: 1e-7)
  }
}
