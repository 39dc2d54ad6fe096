import Testing

@testable import Vectors

@Suite struct RankFusionTests {
  private let lists = [
    [Hit(row: 3, score: 0.9), Hit(row: 1, score: 0.5), Hit(row: 7, score: 0.4)],
    [Hit(row: 1, score: 30), Hit(row: 2, score: 10)],
  ]

  @Test func ranksAreAdded() {
    let hits = RankFusion.rrf(lists, count: 9)
    #expect(hits.map(\.row) == [1, 3, 2, 7])
    let scores: [Float] = [1 / 62 + 1 / 61, 1 / 61, 1 / 62, 1 / 63]
    #expect(hits.map(\.score) == scores)
    #expect(RankFusion.rrf(lists, count: 2) == Array(hits.prefix(2)))
  }

  @Test func scoresOfEachListGoFromZeroToOne() {
    let hits = RankFusion.sum(lists, count: 9)
    #expect(hits.map(\.row) == [1, 3, 2, 7])
    let middle: Float = (0.5 - 0.4) / (0.9 - 0.4)
    #expect(hits.map(\.score) == [1 + middle, 1, 0, 0])
  }

  @Test func equalScoresAreOnes() {
    let equal = [Hit(row: 4, score: -2), Hit(row: 6, score: -2)]
    #expect(
      RankFusion.sum([equal, []], count: 9) == [Hit(row: 4, score: 1), Hit(row: 6, score: 1)])
    for fusion in RankFusion.allCases { #expect(fusion([], count: 3) == []) }
  }
}
