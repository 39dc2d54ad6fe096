import TestSupport
import Testing

@testable import Tensors

@Suite struct ScoreProductsTests {
  private static let flags = [false, true]

  // More rows and columns than a tile.
  @Test(arguments: flags, flags)
  func productsAreThoseOfATwin(left: Bool, right: Bool) {
    var samples = Samples(seed: 11)
    let (a, b) = (samples.tensor(259, 7), samples.tensor(7, 300))
    let product = Tensor.product(
      left ? a.transposed() : a, right ? b.transposed() : b, transposedLeft: left,
      transposedRight: right)
    let columns = b.transposed()
    let twin = (0..<259).flatMap { i in (0..<300).map { Tensor.dot(a, i, columns, $0) } }
    #expect(product.shape == [259, 300])
    // Sums of 7 products below 1 in another order.
    expectClose(product.elements, twin, tolerance: 1e-6)
  }

  @Test func aProductIsAddedToWhatIsThere() {
    let (a, b) = (Tensor([1, 2], [1, 2]), Tensor([2, 1], [3, 4]))
    var out: [Float] = [100]
    out.withUnsafeMutableBufferPointer { Tensor.multiply(a, b, adding: true, into: $0) }
    #expect(out == [111])
  }

  @Test(arguments: [[0, 3], [3, 0]])
  func nothingIsMultiplied(shape: [Int]) {
    let x = Tensor.zeros(shape)
    let product = Tensor.product(x, x, transposedRight: true)
    #expect(product.elements == [Float](repeating: 0, count: shape[0] * shape[0]))
  }
}
