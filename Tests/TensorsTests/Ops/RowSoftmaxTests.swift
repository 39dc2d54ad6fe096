import Glibc
import TestSupport
import Testing

@testable import Tensors

@Suite struct RowSoftmaxTests {
  @Test(arguments: [1, 7, 8, 9, 40], [Float(1), 20])
  func sharesAndLogarithmsAreThoseOfATwin(columns: Int, scale: Float) {
    var samples = Samples(seed: 12)
    let x = samples.floats(3 * columns)
    var shares = x
    let logarithms = shares.withUnsafeMutableBufferPointer {
      Tensor.softmax($0, columns: columns, scale: scale)
    }
    for row in 0..<3 {
      let scaled = x[row * columns..<(row + 1) * columns].map { Double(scale) * Double($0) }
      let total = log(scaled.reduce(0) { $0 + exp($1) })
      // What rounding the exponents of a float32 softmax does.
      #expect(abs(logarithms[row] - total) < 1e-5)
      expectClose(
        Array(shares[row * columns..<(row + 1) * columns]), scaled.map { Float(exp($0 - total)) },
        tolerance: 1e-5)
    }
  }

  @Test func rowsWithoutNumbersHaveNoSoftmax() {
    var none: [Float] = []
    let logarithms = none.withUnsafeMutableBufferPointer {
      Tensor.softmax($0, columns: 0, scale: 1)
    }
    #expect(logarithms.isEmpty)
  }
}
