import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct SparseSimilarityTests {
  @Test(arguments: Similarity.allCases)
  func scoresAreThoseOfTheReference(metric: Similarity) throws {
    let matrix = try Recorded.sparse()
    let expected = try Recorded.json("sparse").object("scores").floats(metric.rawValue)
    let scores = metric(matrix, matrix)
    // The reference takes distances from products, whose rounding a square root enlarges, most where
    // the distance is 0.
    let tolerance: Float = metric == .euclidean ? 5e-3 : 2e-5
    expectClose((0..<24).flatMap { scores[$0] }, expected, tolerance: tolerance)
  }

  @Test(arguments: Similarity.allCases)
  func aPairScoresAsItDoesAmongOthers(metric: Similarity) throws {
    let matrix = try Recorded.sparse()
    let scores = metric(matrix, matrix)
    let moved = matrix.picked((0..<24).map { ($0 + 7) % 24 })
    let pairs = metric.pairwise(matrix, moved)
    for row in 0..<24 {
      #expect(pairs[row] == scores[row][(row + 7) % 24])
      #expect(matrix[row].score(moved[row], by: metric) == pairs[row])
    }
  }

  @Test func noRowsHaveNoScores() {
    let (none, one) = (SparseMatrix(columns: 3, []), SparseMatrix(columns: 3, [.init()]))
    #expect(Similarity.dot(one, none).columns == 0 && Similarity.dot(none, one).rows == 0)
  }
}
