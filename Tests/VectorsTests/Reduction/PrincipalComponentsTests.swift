import ModelFiles
import Tensors
import TestSupport
import Testing

@testable import Vectors

@Suite struct PrincipalComponentsTests {
  @Test func tooManyNumbersAreRefused() {
    // A gigabyte that nobody touches.
    let matrix = Matrix(Tensor([257, 1 << 20]) { _ in })
    let error = #expect(throws: FileError.self) {
      try PrincipalComponents(matrix, count: 2, threads: 1)
    }
    #expect(
      error?.description
        == "principal components of 257 vectors of 1048576 numbers: these are too many numbers each; "
        + "give vectors of 16384 at most")
  }

  @Test(arguments: ["many", "few"]) func theyAreThoseOfTheReference(name: String) throws {
    let recorded = try Recorded.json("components").object(name)
    let rows = try Recorded.rows()
    let part = name == "few" ? rows.picked(0..<10) : rows
    let found = try PrincipalComponents(part, count: 4, threads: 2)
    // The covariance is summed in float32.
    expectClose(
      found.components.tensor.elements, try recorded.floats("components"), tolerance: 2e-5)
    expectClose(found.variance.map { Float($0) }, try recorded.floats("variance"), tolerance: 1e-6)
    expectClose(
      found.varianceRatio.map { Float($0) }, try recorded.floats("ratio"), tolerance: 1e-6)
    let first = part.picked(0..<5)
    expectClose(
      found(first).tensor.elements, try recorded.floats("transformed"), tolerance: 2e-5)
    expectClose(
      found(first, whitened: true).tensor.elements, try recorded.floats("whitened"),
      tolerance: 2e-4)
    for (whitened, key, tolerance) in [(false, "transformed", 2e-5), (true, "whitened", 2e-4)] {
      let layer = found.layer(whitened: whitened)
      let rows = (0..<first.rows).flatMap { row in
        zip(0..<4, layer.bias).map { output, bias in
          zip(layer.weight[output], first[row]).reduce(bias) { $0 + $1.0 * $1.1 }
        }
      }
      expectClose(rows, try recorded.floats(key), tolerance: Float(tolerance))
    }
  }

  @Test func anyNumberOfThreadsGivesTheSameBits() throws {
    var samples = Samples(seed: 8)
    let matrix = Matrix(columns: 6, samples.floats(6 * 5000))
    let found = try [1, 2, 3].map { try PrincipalComponents(matrix, count: 6, threads: $0) }
    for other in found.dropFirst() {
      #expect(other.components.tensor.elements == found[0].components.tensor.elements)
    }
    #expect(abs(found[0].varianceRatio.reduce(0, +) - 1) < 1e-12)
  }

  @Test(arguments: [(1, 1), (3, 4), (9, 5), (5, 0)])
  func tooFewVectorsAreRefused(rows: Int, count: Int) {
    let matrix = Matrix(columns: 4, [Float](repeating: 1, count: 4 * rows))
    #expect(throws: FileError.self) { try PrincipalComponents(matrix, count: count, threads: 1) }
  }

  @Test func vectorsThatAreAllEqualHaveNoVariance() throws {
    let matrix = Matrix(columns: 2, [1, 2, 1, 2, 1, 2])
    let found = try PrincipalComponents(matrix, count: 2, threads: 1)
    #expect(found.varianceRatio == [0, 0] && found.variance == [0, 0])
    expectClose(found(matrix, whitened: true)[0], [0, 0], tolerance: 0)
  }
}
