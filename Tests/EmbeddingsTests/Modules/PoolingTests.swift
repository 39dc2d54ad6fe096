import ModelFiles
import TestSupport
import Testing
import Vectors

@testable import Embeddings

@Suite struct PoolingTests {
  static let modes = [
    "cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken",
  ]

  /// Word vectors, weighted or not, pooled in all six ways.
  private func model(_ name: String, modes: [String] = Self.modes) throws -> Embedder {
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/\(name)"))
    let pooling = ["word-embeddings": "1_Pooling"][name] ?? "2_Pooling"
    try folder.set(["pooling_mode": modes], in: "\(pooling)/config.json")
    return try Embedder(folder: folder.path)
  }

  @Test(arguments: ["word-embeddings", "word-weights", "lstm", "cnn", "cnn-even"])
  func aTextWithoutATokenIsZeros(name: String) throws {
    let model = try model(name)
    for text in ["", "   ", "unknown words", "a by a"] {
      let vector = try model.embed([text])[0]
      #expect(vector.count == model.dimension && vector.allSatisfy { $0 == 0 }, "\(text)")
    }
    #expect(try model.embed(["the cat sat"])[0].contains { $0 != 0 })
  }

  @Test func fewerTokensThanAConvolutionIsWideAreZeros() throws {
    let model = try model("cnn-even")
    #expect(try model.embed(["Paris"])[0].allSatisfy { $0 == 0 })
  }

  @Test func aPromptThatIsAllOfATextLeavesZeros() throws {
    let folder = try ScratchFolder(copyOf: Fixture.path("pipelines/bert-new-schema"))
    try folder.set(["pooling_mode": Self.modes], in: "1_Pooling/config.json")
    // So long a prompt that the limit leaves nothing of the text, not even the token at its end.
    let model = try Embedder(folder: folder.path, options: .init(maximumLength: 3))
    let prompt = "the cat and the old house on the river"
    let vector = try model.embed(["text"], prompt: prompt)[0]
    #expect(vector.count == 96 && vector.allSatisfy { $0.isFinite })
  }

  @Test func waysStandInTheOrderThatIsNamed() throws {
    let both = try model("word-embeddings", modes: ["mean", "cls", "mean"])
    let mean = try model("word-embeddings", modes: ["mean"]).embed(["the cat"])[0]
    let first = try model("word-embeddings", modes: ["cls"]).embed(["the cat"])[0]
    #expect(try both.embed(["the cat"])[0] == mean + first + mean)
  }

  @Test(arguments: [0, 17, 100_000]) func nobodyNeedsSoManyWays(count: Int) throws {
    let error = try #require(throws: FileError.self) {
      try model("word-embeddings", modes: [String](repeating: "mean", count: count))
    }
    #expect(error.description.contains("lists \(count) ways"))
  }

  @Test func weightsOfWordsAreWhatAMeanDividesBy() throws {
    // "the" weighs 0.25 and "cat" 1.5, so the mean is (v₁ + 6 v₂) / 7.
    let plain = try model("word-embeddings", modes: ["mean"])
    let (the, cat) = (try plain.embed(["the"])[0], try plain.embed(["cat"])[0])
    let weighted = try model("word-weights", modes: ["mean"]).embed(["the cat"])[0]
    expectClose(weighted, zip(the, cat).map { ($0 + 6 * $1) / 7 }, tolerance: 1e-6)
  }
}
