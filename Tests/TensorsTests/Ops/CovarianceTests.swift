import TestSupport
import Testing

@testable import Tensors

@Suite struct CovarianceTests {
  /// The definition, in double precision.
  private func slowly(_ x: [Float], _ width: Int, _ mean: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: width * width)
    for start in stride(from: 0, to: x.count, by: width) {
      let row = zip(x[start..<start + width], mean).map { Double($0) - $1 }
      for i in 0..<width { for j in 0..<width { sums[i * width + j] += row[i] * row[j] } }
    }
    return sums
  }

  // Up to three blocks of 1024 rows.
  @Test(arguments: [0, 1, 5, 1024, 2500])
  func sumsAreThoseOfTheDefinition(rows: Int) throws {
    var samples = Samples(seed: 6)
    let x = samples.tensor(rows, 7)
    let mean = x.columnMeans()
    let expected = (0..<7).map { column in
      stride(from: column, to: x.count, by: 7).reduce(0.0) { $0 + Double(x.elements[$1]) }
        / Double(max(1, rows))
    }
    expectClose(mean.map { Float($0) }, expected.map { Float($0) }, tolerance: 1e-7)
    let found = try [1, 3].map { try x.covarianceSums(around: mean, threads: $0) }
    #expect(found[0] == found[1])
    // 1024 products below 4 are summed in float32.
    expectClose(
      found[0].map { Float($0) }, slowly(x.elements, 7, mean).map { Float($0) },
      tolerance: 1e-6 * Float(max(1, rows)))
  }
}
