import TestSupport
import Testing

@testable import Vectors

@Suite struct SimilarityTests {
  private let a = Matrix(columns: 2, [3, 4, 0, 0])
  private let b = Matrix(columns: 2, [4, 3, -1, 0])

  @Test(
    arguments: [
      (Similarity.cosine, [0.96, -0.6, 0, 0]), (.dot, [24, -3, 0, 0]),
      (.euclidean, [-Float(2).squareRoot(), -Float(32).squareRoot(), -5, -1]),
      (.manhattan, [-2, -8, -7, -1]),
    ] as [(Similarity, [Float])])
  func eachMetricIsWhatItsNameSays(metric: Similarity, expected: [Float]) {
    let scores = metric(a, b)
    expectClose((0..<2).flatMap { scores[$0] }, expected, tolerance: 1e-6)
    expectClose(metric.pairwise(a, b), [expected[0], expected[3]], tolerance: 1e-6)
  }

  @Test func aMatrixGivesItsRowsAndTheirBeginnings() {
    #expect(a[0] == [3, 4] && a.rows == 2 && a.firstColumns(1)[0] == [3])
    expectClose(a.normalized()[0], [0.6, 0.8], tolerance: 1e-7)
    #expect(a.everyOther(from: 1)[0] == [0, 0])
  }
}
