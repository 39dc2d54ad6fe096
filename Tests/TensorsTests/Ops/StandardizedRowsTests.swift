import TestSupport
import Testing

@testable import Tensors

/// Rows with mean 0 and deviation 1.
@Suite struct StandardizedRowsTests {
  // (x − mean) / (std(x) + 1e-5) of PyTorch 2.15, to its digits.
  @Test func rowsHaveTheReferencesNumbers() {
    let x = Tensor([2, 4], [1, 2, 3, 6, -1, -1, -1, -1])
    expectClose(
      x.standardizedRows(epsilon: 1e-5).elements,
      [-0.9258158, -0.46290791, 0, 1.3887237, 0, 0, 0, 0], tolerance: 2e-7)
    #expect(Tensor([1, 1], [3]).standardizedRows(epsilon: 1e-5).elements == [0])
    #expect(Tensor([0, 4], []).standardizedRows(epsilon: 1e-5).elements == [])
  }

  @Test func theWayBackIsItsDerivative() {
    var samples = Samples(seed: 3)
    expectGradient(
      of: { $0[0].standardizedRows(epsilon: 1e-2) }, at: [samples.tensor(5, 9)])
  }
}
