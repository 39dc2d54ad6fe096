import TestSupport
import Testing

@testable import Tensors

@Suite struct RowProductsTests {
  @Test(arguments: [(1, 1, 1), (3, 768, 1), (7, 100, 3)])
  func theyAreTheProduct(rows: Int, inputs: Int, outputs: Int) {
    var samples = Samples()
    let (x, w, b) = (
      samples.tensor(rows, inputs), samples.tensor(outputs, inputs), samples.tensor(outputs)
    )
    // A sum of `inputs` products of numbers below 1.
    let tolerance = Float(inputs) * 1e-6
    for bias in [b, nil] {
      let expected = x.linear(Weight(rows: w), bias: bias)
      let found = x.rowProducts(w, bias: bias)
      #expect(found.shape == [rows, outputs])
      expectClose(found.elements, expected.elements, tolerance: tolerance)
    }
  }

  @Test func aRowsBitsDoNotDependOnItsPlace() {
    var samples = Samples()
    let (row, w) = (samples.floats(300), samples.tensor(5, 300))
    let alone = Tensor([1, 300], row).rowProducts(w, bias: nil).elements
    for place in 0..<13 {
      var x = samples.floats(13 * 300)
      x.replaceSubrange(place * 300..<(place + 1) * 300, with: row)
      let y = Tensor([13, 300], x).rowProducts(w, bias: nil)
      #expect(y.view(rows: place..<place + 1).elements == alone)
    }
  }
}
