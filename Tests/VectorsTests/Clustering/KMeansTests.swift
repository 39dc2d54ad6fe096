import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Vectors

@Suite struct KMeansTests {
  @Test(arguments: ["near", "empty"], [1, 2])
  func fromGivenCentersItIsTheReference(name: String, threads: Int) throws {
    let recorded = try Recorded.json("clusters").object("kmeans").object(name)
    let start = Matrix(columns: 16, try recorded.floats("start"))
    let found = try KMeans(Recorded.rows(), from: start, threads: threads)
    #expect(found.labels == (try recorded.wholes("labels")))
    expectClose(
      found.centers.tensor.elements, try recorded.floats("centers"), tolerance: 1e-6)
    #expect(abs(found.inertia - (try recorded.double("inertia"))) < 1e-4)
    #expect(found.iterations == (try recorded.int("iterations")))
  }

  @Test func aSeedGivesTheSameClustersAgain() throws {
    let rows = try Recorded.rows()
    let found = try KMeans(rows, count: 6, seed: 3, threads: 2)
    #expect(try KMeans(rows, count: 6, seed: 3, threads: 1).labels == found.labels)
    // The rows were made around 6 centers; scikit-learn finds them, 25.43, from four seeds of five.
    let inertias = try (0..<200).map { try KMeans(rows, count: 6, seed: $0, threads: 2).inertia }
    #expect(inertias.count { $0 < 25.44 } >= 140)
    #expect(Set(found.labels).count == 6)
  }

  @Test func manyRowsGiveTheSameBitsOnAnyNumberOfThreads() throws {
    var samples = Samples(seed: 2)
    let matrix = Matrix(columns: 5, samples.floats(5 * 3000))
    let found = try (1...3).map { try KMeans(matrix, count: 9, seed: 1, threads: $0) }
    for other in found.dropFirst() {
      #expect(other.labels == found[0].labels)
      #expect(other.centers.tensor.elements == found[0].centers.tensor.elements)
    }
  }

  @Test(arguments: [1, 3]) func manyCentersAreComparedWithFewRowsAtATime(threads: Int) throws {
    // Points of a grid, whose products and squares are exact.
    let centers = Matrix(columns: 2, (0..<9025).flatMap { [Float($0 % 95), Float($0 / 95)] })
    let nearest = (0..<1200).map { $0 * 7 }
    let steps = LloydSteps(
      centers.picked(nearest).tensor, threads: threads, cancelled: { false })
    #expect(try steps.labels(by: centers.tensor) == nearest)
  }

  @Test func equalRowsAreOneCluster() throws {
    let matrix = Matrix(columns: 2, [Float](repeating: 1, count: 20))
    #expect(try Set(KMeans(matrix, count: 3, threads: 2).labels).count == 1)
  }

  @Test func asManyClustersAsRowsAreAllApart() throws {
    let matrix = Matrix(columns: 1, [1, 5, 9])
    let found = try KMeans(matrix, count: 3, threads: 1)
    #expect(Set(found.labels).count == 3 && found.inertia == 0)
    #expect(throws: FileError.self) { try KMeans(matrix, count: 4, threads: 1) }
  }
}
