import TestSupport
import Testing

@testable import Tensors

@Suite struct BlockScoresTests {
  // Few rows are multiplied one by one, more by CBLAS.
  @Test(arguments: [0, 1, 3, 4, 9])
  func productsAreThoseOfTheirRows(rows: Int) {
    var samples = Samples(seed: 3)
    let (a, b) = (samples.tensor(rows, 33), samples.tensor(20, 33))
    var out = [Float](repeating: .nan, count: rows * 12)
    out.withUnsafeMutableBufferPointer { a.products(with: b, rows: 5..<17, into: $0) }
    let expected = (0..<rows).flatMap { i in (5..<17).map { Tensor.dot(a, i, b, $0) } }
    // Sums of 33 products below 1 in another order.
    expectClose(out, expected, tolerance: 1e-5)
  }

  @Test func squaredLengthsAreThoseOfTheRange() {
    let x = Tensor([3, 2], [1, 2, 3, 4, 0, -1])
    var out = [Float](repeating: .nan, count: 2)
    out.withUnsafeMutableBufferPointer { x.squaredLengths(1..<3, into: $0) }
    #expect(out == [25, 1])
  }

  @Test(arguments: [0, 1, 7, 16, 33, 100])
  func indicesAreThoseThatReachTheThreshold(count: Int) {
    var samples = Samples(seed: 4)
    var x = samples.floats(count)
    if count > 6 { x[5] = .nan }
    let (scale, offset) = (samples.floats(count), samples.floats(count))
    let all = [UInt32](unsafeUninitializedCapacity: count) { out, found in
      found = x.withUnsafeBufferPointer { x in
        scale.withUnsafeBufferPointer { scale in
          offset.withUnsafeBufferPointer { offset in
            Tensor.indices(in: x, scale: scale, offset: offset, atLeast: 0.1, into: out).count
          }
        }
      }
    }
    // No value is so close to the threshold that rounding decides.
    #expect(all.map(Int.init) == x.indices.filter { x[$0] * scale[$0] + offset[$0] >= 0.1 })
  }
}
