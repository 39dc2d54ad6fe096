import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct MiningScoresTests {
  @Test func theyAreThoseOfTheReference() throws {
    let recorded = try Recorded.json("mined")
    let known = Set(try recorded.array("known").elements.map { try $0.wholes() })
    let pairs = try Mining.pairs(of: Recorded.rows(), name: "", threads: 2)
    let found = MiningScores(
      pairs.map(\.score), areKnown: pairs.map { known.contains([$0.first, $0.second]) },
      known: known.count)
    let metrics = try recorded.object("metrics")
    #expect(found.named.map(\.name) == (try metrics.members.map { try $0.key.string() }))
    for (name, value) in found.named {
      // Rows that are there twice tie here, and only nearly there.
      #expect(abs(value - (try metrics.double(name))) < 2e-4, "\(name) is \(value)")
    }
  }

  @Test func nothingFoundIsNothing() {
    let found = MiningScores([], areKnown: [], known: 0)
    #expect(found.named.allSatisfy { $0.value == 0 })
  }
}
