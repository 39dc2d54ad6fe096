import Testing

@testable import Vectors

@Suite struct HardNegativesTests {
  /// Rows 0 to 9 with the scores 0.9, 0.8 … 0.0.
  private static let candidates = (0..<10).map { Hit(row: $0, score: Float(9 - $0) / 10) }
  private static let positives = [Hit(row: 1, score: 0.8), Hit(row: 20, score: 0.6)]

  private func limits(_ change: (inout NegativeLimits) -> Void) -> NegativeLimits {
    var limits = NegativeLimits()
    change(&limits)
    return limits
  }

  @Test(arguments: [
    (0..<100, 3, [0, 2, 3]), (0..<2, 3, [0, 2]), (2..<100, 3, [3, 4, 5]), (7..<9, 2, [8, 9]),
    (8..<20, 5, [9]), (9..<20, 5, []), (0..<0, 1, []),
  ])
  func ranksAreThoseOfRowsThatAreNoPositives(_ ranks: Range<Int>, _ count: Int, _ rows: [Int]) {
    var choice = HardNegatives(ranks: ranks, count: count, limits: NegativeLimits())
    let found = choice(among: Self.candidates, positives: Self.positives)
    #expect(found.map(\.row) == rows)
    #expect(choice.leftOut.isEmpty)
  }

  @Test func positivesStayWhereTheyAreWanted() {
    var choice = HardNegatives(
      ranks: 0..<9, count: 3, limits: NegativeLimits(), keepsPositives: true)
    let found = choice(among: Self.candidates, positives: Self.positives)
    #expect(found.map(\.row) == [0, 1, 2])
  }

  @Test func ranksCountFromTheRowsThatLimitsLeave() {
    var choice = HardNegatives(
      ranks: 1..<4, count: 9,
      limits: limits {
        ($0.absoluteMargin, $0.relativeMargin, $0.highest, $0.lowest) = (0.05, 0.25, 0.35, 0.05)
      })
    // Margins are from the lower positive: at most 0.55, then 0.45; then 0.35, and above 0.05.
    let found = choice(among: Self.candidates, positives: Self.positives)
    #expect(found.map(\.row) == [7, 8])
    // Each row counts for the first limit that it breaks; row 1 is a positive.
    #expect(
      choice.leftOut == [.absoluteMargin: 3, .relativeMargin: 1, .highest: 1, .lowest: 1])
    _ = choice(among: Self.candidates, positives: Self.positives)
    #expect(choice.leftOut[.absoluteMargin] == 6)
  }

  @Test(arguments: [
    (Float(-0.5), Float(-0.56), true), (-0.5, -0.54, false), (-0.5, -0.5, false),
    (0.5, 0.44, true), (0.5, 0.46, false),
  ])
  func aShareOfAScoreBelowZeroIsFurtherBelow(
    _ positive: Float, _ score: Float, _ isAllowed: Bool
  ) {
    let limits = limits { $0.relativeMargin = 0.1 }
    #expect((limits.broken(by: score, positive: positive) == nil) == isAllowed)
  }

  @Test func candidatesMayComeInAnyOrder() {
    var choice = HardNegatives(ranks: 0..<9, count: 4, limits: NegativeLimits())
    let mixed = [3, 7, 0, 5].map { Self.candidates[$0] } + [Hit(row: 30, score: 0.6)]
    #expect(choice(among: mixed, positives: []).map(\.row) == [0, 3, 30, 5])
  }

  @Test func aSeedDrawsTheSameRowsInOrder() {
    func drawn(_ seed: UInt64) -> [[Int]] {
      var choice = HardNegatives(ranks: 1..<8, count: 3, limits: NegativeLimits(), seed: seed)
      return (0..<40).map { _ in
        choice(among: Self.candidates, positives: Self.positives).map(\.row)
      }
    }
    #expect(drawn(1) == drawn(1))
    #expect(drawn(1) != drawn(2))
    for rows in drawn(3) {
      #expect(rows.count == 3 && rows == rows.sorted() && Set(rows).isSubset(of: Set(2...8)))
    }
  }

  @Test func allRowsAreDrawnEquallyOften() {
    var choice = HardNegatives(ranks: 0..<10, count: 4, limits: NegativeLimits(), seed: 5)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<5000 {
      for hit in choice(among: Self.candidates, positives: []) { counts[hit.row] += 1 }
    }
    // 2,000 each, give or take four standard deviations of 35.
    #expect(counts.allSatisfy { abs($0 - 2000) < 140 }, "\(counts)")
  }

  @Test(arguments: [4, 10, 50]) func whereFewAreLeftAllAreTaken(count: Int) {
    var choice = HardNegatives(ranks: 6..<10, count: count, limits: NegativeLimits(), seed: 7)
    #expect(choice(among: Self.candidates, positives: []).map(\.row) == [6, 7, 8, 9])
  }
}
