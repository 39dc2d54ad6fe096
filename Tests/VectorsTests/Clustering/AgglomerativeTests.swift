import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct AgglomerativeTests {
  @Test(arguments: [1, 2]) func labelsAreThoseOfTheReference(threads: Int) throws {
    let recorded = try Recorded.json("clusters").object("agglomerative")
    let found = try Agglomerative(Recorded.rows(), threads: threads)
    #expect(found.labels(count: 7) == renumbered(try recorded.wholes("count")))
    #expect(found.labels(below: 0.3) == renumbered(try recorded.wholes("threshold")))
  }

  @Test func everyCountGivesSoManyGroups() throws {
    let found = try Agglomerative(Recorded.rows(), threads: 2)
    for count in 1...120 { #expect(Set(found.labels(count: count)).count == count) }
    #expect(Set(found.labels(count: 500)).count == 120)
    #expect(
      zip(found.merges, found.merges.dropFirst()).allSatisfy { $0.distance <= $1.distance })
  }

  @Test func aVectorOfLengthZeroIsFarFromEveryOther() throws {
    let matrix = Matrix(columns: 2, [1, 0, 0, 0, 1, 0.01, 0, 0])
    #expect(try Agglomerative(matrix, threads: 1).labels(below: 0.5) == [0, 1, 0, 2])
  }

  @Test func fewRowsAreGroupsToo() throws {
    #expect(try Agglomerative(Matrix(columns: 2, []), threads: 2).labels(count: 2) == [])
    #expect(try Agglomerative(Matrix(columns: 2, [1, 2]), threads: 2).labels(below: 1) == [0])
  }

  @Test func tooManyRowsAreRefused() {
    let matrix = Matrix(columns: 1, [Float](repeating: 1, count: Agglomerative.mostRows + 1))
    let error = #expect(throws: FileError.self) { try Agglomerative(matrix, threads: 2) }
    #expect(
      error?.description
        == "agglomerative clustering takes at most 20000 rows, there are 20001; use k-means or "
        + "communities")
  }
}
