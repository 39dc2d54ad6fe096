import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct BinaryClassificationTests {
  @Test(arguments: Similarity.allCases)
  func theyAreThoseOfTheReference(metric: Similarity) throws {
    let (recorded, rows) = (try Recorded.json("pairs"), try Recorded.rows())
    let (first, second) = (try recorded.wholes("first"), try recorded.wholes("second"))
    let similarities = metric.pairwise(rows.picked(first), rows.picked(second))
    let areDistances = metric == .euclidean || metric == .manhattan
    let found = BinaryClassification(
      similarities.map { areDistances ? -$0 : $0 },
      labels: try recorded.wholes("labels").map { $0 == 1 }, areDistances: areDistances)
    let metrics = try recorded.object("metrics").object(metric.rawValue)
    #expect(found.named.map(\.name) == (try metrics.members.map { try $0.key.string() }))
    for (name, value) in found.named {
      let expected = try metrics.double(name)
      #expect(abs(value - expected) < 1e-6, "\(name) is \(value), should be \(expected)")
    }
  }

  @Test func scoresThatAreAllEqualAreOneGroup() {
    let found = BinaryClassification([0.5, 0.5, 0.5], labels: [true, false, true])
    #expect(found.accuracy == 2.0 / 3 && found.accuracyThreshold == 0.5)
    #expect(found.recall == 1 && found.averagePrecision == 2.0 / 3 && found.mcc == 0)
  }

  @Test func withoutPositivesNothingIsFound() {
    let found = BinaryClassification([0.5, 0.25], labels: [false, false])
    #expect(found.accuracy == 1 && found.accuracyThreshold == Float(0.5).nextUp)
    #expect(found.f1 == 0 && found.averagePrecision == 0 && found.mcc == 0)
  }
}
