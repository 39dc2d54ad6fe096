import ModelFiles
import TestSupport
import Testing

@testable import Vectors

/// scripts/fixture_writers/reranking.py: sentence-transformers 6.2.0, scikit-learn 1.9.1.
@Suite struct RerankingMetricsTests {
  /// The texts of a member that is a list, or one text; `nil` without the member.
  private static func texts(_ sample: JSON, _ name: String) throws -> [[UInt8]]? {
    guard let value = sample[name] else { return nil }
    return try value.utf8.map { [$0] } ?? value.array().elements.map { try #require($0.utf8) }
  }

  private static func made(
    _ sample: JSON, depth: Int, addsPositives: Bool
  ) throws -> RerankingSample {
    let positive = try #require(try texts(sample, "positive"))
    if let ranked = try texts(sample, "documents") {
      return RerankingSample(
        positive: positive, ranked: ranked, addsPositives: addsPositives, depth: depth)
    }
    return RerankingSample(
      positive: positive, negative: try #require(try texts(sample, "negative")))
  }

  @Test func theyAreThoseOfTheReference() throws {
    let recorded = try Recorded.json("reranking")
    let scores = try recorded.floats("scores")
    let rankings = try recorded.array("rankings").elements
    #expect(rankings.underestimatedCount == 4)
    for ranking in rankings {
      let depth = try ranking.int("depth")
      let samples = try recorded.array("samples").elements.map {
        try Self.made($0, depth: depth, addsPositives: ranking.bool("adds_positives"))
      }
      let found = try samples.map { sample in
        RerankingMetrics(
          try sample.documents.map {
            scores[try #require(Int(String(decoding: $0, as: UTF8.self)))]
          }, areRelevant: sample.areRelevant, depth: depth)
      }
      let metrics = try ranking.object("metrics")
      let base = RerankingMetrics.mean(samples.compactMap(\.base))
      // Sums in another order.
      for (name, value) in RerankingMetrics.mean(found).named(depth: depth) {
        #expect(abs(value - (try metrics.double(name))) < 1e-12, "\(name) of \(depth)")
      }
      for (name, value) in base.named(depth: depth) {
        #expect(abs(value - (try metrics.double("base_" + name))) < 1e-12, "\(name) of \(depth)")
      }
    }
  }

  @Test func classesAreCountedAsTheReferenceDoes() throws {
    for recorded in try Recorded.json("reranking").array("classes").elements {
      let found = ClassScores(
        try recorded.wholes("found"), labels: try recorded.wholes("labels"),
        of: try recorded.int("count"))
      let metrics = try recorded.object("metrics")
      for (name, value) in found.named where name != "accuracy" {
        #expect(abs(value - (try metrics.double(name))) < 1e-12, "\(name)")
      }
      #expect(found.accuracy == found.micro)
    }
  }

  @Test func matchesAreCountedAsTheReferenceDoes() throws {
    let recorded = try Recorded.json("reranking")
    let matches = try recorded.object("matches")
    let found = BinaryClassification(
      try recorded.floats("scores"), labels: try matches.wholes("labels").map { $0 == 1 })
    let values = [
      "accuracy": found.accuracy, "accuracy_threshold": Double(found.accuracyThreshold),
      "f1": found.f1, "f1_threshold": Double(found.f1Threshold), "precision": found.precision,
      "recall": found.recall, "average_precision": found.averagePrecision,
    ]
    let metrics = try matches.object("metrics")
    #expect(metrics.count == values.count)
    for (name, value) in values {
      #expect(abs(value - (try metrics.double(name))) < 1e-12, "\(name)")
    }
  }

  @Test func oneDocumentIsInOrder() {
    let found = RerankingMetrics([0.5], areRelevant: [true], depth: 10)
    #expect(found.map == 1 && found.mrr == 1 && found.ndcg == 1)
    #expect(RerankingMetrics([], areRelevant: [], depth: 1) == .nothing)
  }

  @Test func equalScoresShareTheirRanks() {
    let found = RerankingMetrics([1, 1], areRelevant: [true, false], depth: 10)
    #expect(found.map == 0.5 && found.mrr == 0.5)
    #expect(RerankingMetrics([1, 1], areRelevant: [false, true], depth: 10).ndcg == found.ndcg)
  }
}
