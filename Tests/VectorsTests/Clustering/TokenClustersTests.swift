import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Vectors

@Suite struct TokenClustersTests {
  @Test func labelsAreThoseOfTheReference() throws {
    let cases = Array(try Recorded.json("tokens").array().elements)
    #expect(cases.count == 6)
    for recorded in cases {
      let columns = try recorded.int("columns")
      let numbers = try recorded.floats("rows")
      let rows = Tensor([numbers.count / columns, columns], numbers)
      for member in try recorded.object("labels").members {
        let labels = try TokenClusters.labels(
          rows, count: try #require(Int(try member.key.string())))
        let expected = try member.value.wholes()
        #expect(labels == expected)
      }
    }
  }

  @Test func meansComeInTheOrderOfLabels() throws {
    let rows = Tensor([5, 2], [1, 0, 0, 1, 0.96, 0.28, 0, 1, -1, 0])
    let labels = try TokenClusters.labels(rows, count: 3)
    let means = try TokenClusters.means(rows, count: 3)
    #expect(labels[0] == labels[2] && labels[1] == labels[3] && Set(labels).count == 3)
    #expect(means.shape == [3, 2])
    #expect(Array(means.elements[labels[4] * 2..<labels[4] * 2 + 2]) == [-1, 0])
    expectClose(
      Array(means.elements[labels[0] * 2..<labels[0] * 2 + 2]), [0.98, 0.14], tolerance: 1e-6)
  }

  @Test func asManyClustersAsRowsAreTheRows() throws {
    let rows = Tensor([2, 1], [3, 4])
    for count in [2, 9] { #expect(try TokenClusters.means(rows, count: count).elements == [3, 4]) }
    #expect(try TokenClusters.means(rows, count: 0).elements == [3.5])
    #expect(try TokenClusters.means(Tensor([0, 4], []), count: 1).rows == 0)
    #expect(try TokenClusters.labels(rows, count: 5) == [0, 1])
  }

  @Test(arguments: [Float.nan, .infinity, 1e30]) func anyNumbersEnd(bad: Float) throws {
    var samples = Samples(seed: 8)
    for place in 0..<20 {
      var numbers = samples.floats(20)
      numbers[place] = bad
      let labels = try TokenClusters.labels(Tensor([10, 2], numbers), count: 3)
      #expect(labels.count == 10 && labels.allSatisfy { (0..<10).contains($0) })
    }
  }
}
