import TestSupport
import Testing

@testable import Tensors

@Suite struct DistancesTests {
  @Test func rowsOfTwoTensors() {
    let (a, b) = (Tensor([2, 2], [0, 0, 1, 2]), Tensor([1, 2], [3, -4]))
    #expect(Tensor.dot(a, 1, b, 0) == -5)
    #expect(Tensor.squaredDistance(a, 1, b, 0) == 40)
    #expect(Tensor.manhattanDistance(a, 1, b, 0) == 8)
  }

  @Test func aDivisorGivesTheBitsOfADividedRow() {
    var samples = Samples(seed: 5)
    let (a, b) = (samples.tensor(1, 385), samples.tensor(1, 385))
    let divided = Tensor([1, 385], b.elements.map { $0 / 1.7 })
    #expect(Tensor.dot(a, 0, b, 0, over: 1.7) == Tensor.dot(a, 0, divided, 0))
  }
}
