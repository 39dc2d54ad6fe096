import ModelFiles
import TestSupport
import Testing

@testable import Vectors

@Suite struct CommunitiesTests {
  @Test(arguments: ["communities", "closer"])
  func theyAreThoseOfTheReference(name: String) throws {
    let recorded = try Recorded.json("clusters").array(name).elements.map { try $0.wholes() }
    let found = try Communities.find(
      in: Recorded.rows(), threshold: name == "closer" ? 0.85 : 0.7, smallest: 4, name: "",
      threads: 2)
    #expect(found.map(\.first) == recorded.map(\.first))
    // Among equal scores the reference has an order of its own.
    #expect(found.map(Set.init) == recorded.map(Set.init))
  }

  @Test func noRowIsInTwo() throws {
    var samples = Samples(seed: 4)
    let matrix = Matrix(columns: 3, samples.floats(3 * 900))
    let found = try Communities.find(
      in: matrix, threshold: 0.9, smallest: 3, name: "", threads: 2)
    let rows = found.flatMap { $0 }
    #expect(Set(rows).count == rows.count && found.count > 10)
    #expect(zip(found, found.dropFirst()).allSatisfy { $0.count >= $1.count })
  }

  @Test func tooFewRowsAreNone() throws {
    let matrix = Matrix(columns: 1, [1, 1, 1])
    #expect(try Communities.find(in: matrix, smallest: 4, name: "", threads: 1) == [])
    #expect(try Communities.find(in: matrix, smallest: 3, name: "", threads: 1) == [[0, 1, 2]])
    #expect(try Communities.find(in: Matrix(columns: 1, []), name: "", threads: 1) == [])
  }
}
