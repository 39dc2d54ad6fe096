import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct MiningTests {
  @Test func pairsAreThoseOfTheReference() throws {
    let recorded = try Recorded.json("mining")
    let found = try Mining.pairs(
      of: Recorded.rows(), perRow: 5, most: 150, name: "rows", threads: 2)
    expectClose(found.map(\.score), try recorded.floats("scores"), tolerance: 1e-6)
    // Rows 100 to 104 are 0 to 4 again, and which of two equal ones comes first is the reference's
    // own affair.
    func told(_ pairs: [[Int]]) -> [[Int]] {
      pairs.map { $0.map { (100..<105).contains($0) ? $0 - 100 : $0 }.sorted() }
        .sorted { $0.lexicographicallyPrecedes($1) }
    }
    let expected = try recorded.array("pairs").elements.map { try $0.wholes() }
    #expect(told(found.map { [$0.first, $0.second] }) == told(expected))
    #expect(found.allSatisfy { $0.first < $0.second })
  }

  @Test(arguments: [1, 3, 40, 500])
  func eachPairComesOnce(perRow: Int) throws {
    var samples = Samples(seed: 9)
    let made = Matrix(columns: 8, samples.floats(150 * 8))
    // Every third row is equal to another.
    let matrix = made.picked((0..<150).map { $0 % 3 == 0 ? $0 % 33 : $0 })
    let scores = Similarity.cosine(matrix, matrix)
    var expected: Set<[Int]> = []
    for row in 0..<150 {
      let nearest = scores[row].enumerated().map { Hit(row: $0, score: $1) }
        .filter { $0.row != row }.sorted(by: >)
      for other in nearest.prefix(perRow) where other.score >= 0.5 {
        expected.insert([min(row, other.row), max(row, other.row)])
      }
    }
    for group in [7, 1024] {
      let found = try Mining.pairs(
        of: matrix, perRow: perRow, atLeast: 0.5, name: "", threads: 2, group: group)
      #expect(found.count == expected.count)
      #expect(Set(found.map { [$0.first, $0.second] }) == expected)
      #expect(zip(found, found.dropFirst()).allSatisfy { $0 > $1 })
    }
  }

  @Test func onlyTheBestAreKept() throws {
    let rows = try Recorded.rows()
    let all = try Mining.pairs(of: rows, name: "", threads: 2)
    for most in [0, 1, 50] {
      let found = try Mining.pairs(of: rows, most: most, name: "", threads: 2, group: 16)
      #expect(found == Array(all.prefix(most)))
    }
  }

  @Test func fewRowsHaveFewPairs() throws {
    for rows in 0...2 {
      let matrix = Matrix(columns: 2, [Float](repeating: 1, count: rows * 2))
      let found = try Mining.pairs(of: matrix, name: "", threads: 2)
      #expect(found.map { [$0.first, $0.second] } == (rows == 2 ? [[0, 1]] : []))
    }
  }
}
