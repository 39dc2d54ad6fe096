import Glibc
import TestSupport
import Testing

@testable import Tensors

/// Expects the way back through `op` to give, for each operand, the derivatives that finite
/// differences find: along a random direction, of the sum of the result's numbers times random ones.
func expectGradient(
  of op: ([Tensor]) -> Tensor, at operands: [Tensor],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let leaves = operands.map { $0.tracked() }
  let y = op(leaves)
  var samples = Samples(seed: 7)
  let seed = Tensor(y.shape, samples.floats(y.count))
  let gradients = Gradients(of: y, seed: seed)
  for (index, leaf) in leaves.enumerated() {
    guard let gradient = gradients[leaf]?.dense(leaf.shape) else {
      Issue.record("operand \(index) has no gradient", sourceLocation: sourceLocation)
      continue
    }
    let direction = Tensor(leaf.shape, samples.floats(leaf.count))
    func value(_ distance: Float) -> Double {
      var moved = operands
      moved[index] = moved[index].adding(direction.scaled(by: distance))
      return dot(op(moved), seed)
    }
    // The two differences together are exact but for the fifth derivative, 3e-8 of it: much less than
    // allowed for what a step of 1/16 hardly bends.
    let distance: Float = 1.0 / 32
    let slope =
      (8 * (value(distance) - value(-distance)) - (value(2 * distance) - value(-2 * distance)))
      / Double(12 * distance)
    let expected = dot(gradient, direction)
    // float32 rounds y to 6e-8 of it, which divided by the distance is 2e-6.
    let allowed = 2e-4 * length(gradient) + 2e-6 * (length(y) + 1)
    #expect(
      (slope - expected).magnitude <= allowed,
      "operand \(index): \(expected), finite differences say \(slope) ± \(allowed)",
      sourceLocation: sourceLocation)
  }
}

private func dot(_ a: Tensor, _ b: Tensor) -> Double {
  zip(a.elements, b.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

private func length(_ a: Tensor) -> Double { dot(a, a).squareRoot() }
