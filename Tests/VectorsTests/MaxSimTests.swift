import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct MaxSimTests {
  @Test func scoresAreThoseOfTheReference() throws {
    let (queries, documents) = try Recorded.late()
    for (isMean, key) in [(false, "sums"), (true, "means")] {
      let scores = MaxSim.scores(queries, documents, mean: isMean)
      let expected = try Recorded.json("late").floats(key)
      // Sums of at most 32 numbers of which each is at most 1, and of −1e9 exactly.
      expectClose((0..<queries.count).flatMap { scores[$0] }, expected, tolerance: 1e-5)
    }
  }

  @Test(arguments: [false, true]) func aPairScoresAsItDoesAmongOthers(isMean: Bool) throws {
    let (queries, documents) = try Recorded.late()
    let scores = MaxSim.scores(queries, documents, mean: isMean)
    let five = documents.picked(2..<7)
    let pairs = MaxSim.pairwise(queries, five, mean: isMean)
    for query in 0..<5 {
      #expect(pairs[query] == scores[query][query + 2])
      #expect(
        MaxSim.score(queries.group(query), five.group(query), mean: isMean) == pairs[query])
    }
  }
}
