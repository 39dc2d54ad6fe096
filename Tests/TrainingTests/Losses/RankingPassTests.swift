import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct RankingPassTests {
  private func ranking(_ options: [(String, JSONValue)]) throws -> Ranking {
    try Ranking(JSON(.object(options), name: "loss"), isSymmetric: false)
  }

  private static let all: JSONValue = [
    "query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc",
  ]

  @Test(arguments: [1, 40, 100, 500])
  func blocksOfRowsComeToTheSame(scores: Int) throws {
    var samples = Samples(seed: 8)
    let columns = (0..<3).map { _ in samples.tensor(11, 16) }
    let ranking = try ranking([
      ("directions", Self.all), ("hardness_mode", "all_negatives"), ("hardness_strength", 2),
    ])
    let whole = RankingPass.loss(ranking, of: columns)
    let parts = RankingPass.loss(ranking, of: columns, scoresAtOnce: scores)
    #expect(abs(whole.value - parts.value) < 1e-5)
    // Sums of float32 in another order.
    for (a, b) in zip(whole.columns, parts.columns) {
      expectClose(a.elements, b.elements, tolerance: 1e-5)
    }
  }

  @Test(arguments: [1, 2, 3])
  func threadsDoNotChangeABit(threads: Int) throws {
    var samples = Samples(seed: 9)
    let columns = (0..<2).map { _ in samples.tensor(300, 16) }
    let ranking = try ranking([("directions", Self.all)])
    let alone = RankingPass.loss(ranking, of: columns)
    let shared = Parallel.sharing(threads) { RankingPass.loss(ranking, of: columns) }
    #expect(alone.value == shared.value)
    #expect(alone.columns.map(\.elements) == shared.columns.map(\.elements))
  }

  /// A batch of one has nobody to compare with.
  @Test func aRowAloneTeachesNothing() throws {
    var samples = Samples(seed: 10)
    let columns = (0..<2).map { _ in samples.tensor(1, 16) }
    for options in [[], [("directions", Self.all)]] {
      let found = RankingPass.loss(try ranking(options), of: columns)
      #expect(
        found.value.isFinite && found.columns.allSatisfy { $0.elements.allSatisfy(\.isFinite) })
      if options.isEmpty { #expect(found.value == 0) }
    }
  }
}
