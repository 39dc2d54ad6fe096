import TestSupport
import Testing
import Vectors

@testable import Embeddings

/// A text's vector is the same bits alone, in any batch, in any order, with any number of threads.
@Suite struct SameBitsTests {
  /// Texts of 0 to 60 words.
  private static let texts: [String] = {
    var samples = Samples(seed: 7)
    let words = ["river", "the", "old", "cat", "sat", "ça", "mat", ",", "1984", "unbelievable"]
    return (0..<90).map { index in
      (0..<(index % 61)).map { _ in words[samples.int(below: words.count)] }.joined(separator: " ")
    }
  }()

  private func check(
    _ folder: String, _ texts: [String] = Self.texts,
    ways: [(Int, Int)] = [(1, 1), (2, 64), (1, 300), (2, 1024), (4, 100_000)]
  ) throws {
    let alone = try Embedder(folder: folder, options: .init(threads: 1))
    let expected = try texts.map { try alone.embed([$0])[0] }
    for (threads, budget) in ways {
      let model = try Embedder(
        folder: folder, options: .init(threads: threads, batchTokens: budget))
      var order = Array(texts.indices)
      for _ in 0..<2 {
        let vectors = try model.embed(order.map { texts[$0] })
        for (row, text) in order.enumerated() {
          #expect(vectors[row] == expected[text], "text \(text), budget \(budget)")
        }
        order.reverse()
      }
    }
  }

  @Test func ofTheExampleModel() throws { try check(Fixture.tinyBERT) }

  @Test(arguments: Fixture.pipelines) func ofEveryPipeline(name: String) throws {
    try check(
      Fixture.path("pipelines/\(name)"), Array(Self.texts.prefix(25)),
      ways: [(2, 40), (1, 100_000)])
  }

  @Test(.enabled(if: Fixture.miniLM != nil, "all-MiniLM-L6-v2 was not fetched"))
  func ofTheRealModel() throws { try check(try #require(Fixture.miniLM)) }
}
